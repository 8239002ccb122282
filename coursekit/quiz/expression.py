"""Conditions about a learner's own variables, read from a short list of syntax: never `eval`.

A condition may have names, attributes, constants, lists of them, places in lists (`vocab[0]`),
comparisons, `in`, `and`, `or`, `not`, and a minus sign. It calls nothing; but an attribute of a
learner's own object may be a property, which is that object's own code. What was typed is compared
as `typed` says, elsewhere it is a number or a text.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from coursekit.core.errors import CourseError
from coursekit.quiz import typed
from coursekit.quiz.numbers import NoNumber
from coursekit.quiz.typed import Typed

LONGEST = 300
DEEPEST = 12

COMPARED: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


class NoCondition(CourseError):
    """A text that is no condition as described above; `column` counts from 1."""

    def __init__(self, says: str, column: int = 1) -> None:
        super().__init__(says)
        self.column = column


class NoValue(CourseError):
    """The variables do not have what a condition asks of them."""


def parsed(text: str) -> ast.expr:
    """The condition's tree, all of it within the list of syntax.

    Raises:
        NoCondition: Something in it is not.
    """
    if len(text) > LONGEST:
        raise NoCondition(f"A condition has at most {LONGEST} characters.")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None) or 1
        raise NoCondition("This is no expression of Python.", column) from None
    _check(tree, DEEPEST)
    return tree


def names(text: str) -> set[str]:
    """The variables that a condition asks for."""
    return {it.id for it in ast.walk(parsed(text)) if isinstance(it, ast.Name)}


def value(text: str, variables: Mapping[str, Any]) -> Any:
    """What a condition is for these variables.

    Raises:
        NoCondition: It is none.
        NoValue: A variable, an attribute or a place is not there, or things do not compare.
    """
    try:
        return _value(parsed(text), variables)
    except NoNumber as error:  # of what was typed
        raise NoValue(str(error)) from None
    except CourseError:
        raise
    except Exception as error:  # whatever a learner's own objects raise
        raise NoValue(f"Your variables do not answer this yet ({type(error).__name__}).") from error


def _check(node: ast.AST, depth: int) -> None:
    column = getattr(node, "col_offset", 0) + 1
    if type(node) not in VALUES or depth == 0:
        what = type(node).__name__
        raise NoCondition(f"A condition may not have this ({what}): it calls nothing.", column)
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not | ast.USub):
        raise NoCondition("A condition may have only `not` and `-` before a value.", column)
    hidden = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    if hidden.startswith("_"):
        raise NoCondition(f"A condition may not look at {hidden}: it is not for others.", column)
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant | ast.UnaryOp):
        raise NoCondition("A place in a list is a number or a text.", column)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            _check(child, depth - 1)


def _value(node: ast.expr, variables: Mapping[str, Any]) -> Any:
    return VALUES[type(node)](node, variables)


def _name(node: ast.Name, variables: Mapping[str, Any]) -> Any:
    if node.id not in variables:
        raise NoValue(f"There is no variable {node.id} yet. Run the cell that makes it.")
    found = variables[node.id]
    return found.literal if isinstance(found, Typed) else found


def _compared_value(node: ast.expr, variables: Mapping[str, Any]) -> Any:
    """As `_value`, but what was typed stays as it was typed."""
    found = variables.get(node.id) if isinstance(node, ast.Name) else None
    return found if isinstance(found, Typed) else _value(node, variables)


def _signed(node: ast.UnaryOp, variables: Mapping[str, Any]) -> Any:
    inner = _value(node.operand, variables)
    return not inner if isinstance(node.op, ast.Not) else -inner


def _list(node: ast.List | ast.Tuple, variables: Mapping[str, Any]) -> list[Any]:
    return [_value(it, variables) for it in node.elts]


def _joined(node: ast.BoolOp, variables: Mapping[str, Any]) -> Any:
    """As Python does: the rest is not looked at where the beginning decides."""
    found: Any = None
    for part in node.values:
        found = _value(part, variables)
        if bool(found) != isinstance(node.op, ast.And):
            break
    return found


def _compared(node: ast.Compare, variables: Mapping[str, Any]) -> bool:
    left = _compared_value(node.left, variables)
    for how, part in zip(node.ops, node.comparators, strict=True):
        right = _compared_value(part, variables)
        is_typed = isinstance(left, Typed) or isinstance(right, Typed)
        if not (typed.COMPARED if is_typed else COMPARED)[type(how)](left, right):
            return False
        left = right
    return True


VALUES: dict[type, Callable[[Any, Mapping[str, Any]], Any]] = {
    ast.Constant: lambda node, _: node.value,
    ast.Name: _name,
    ast.Attribute: lambda node, known: getattr(_value(node.value, known), node.attr),
    ast.Subscript: lambda node, known: _value(node.value, known)[_value(node.slice, known)],
    ast.List: _list,
    ast.Tuple: _list,
    ast.UnaryOp: _signed,
    ast.BoolOp: _joined,
    ast.Compare: _compared,
}
"""What may be in a condition, and how each is worked out."""
