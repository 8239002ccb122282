"""What a learner typed, compared with a variable as they would expect it.

A typed `4` is the number 4 and the label "4"; which is meant is said by what it is compared with.
"""

from __future__ import annotations

import ast
import math
import operator
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any

from coursekit.quiz import wordmatch
from coursekit.quiz.numbers import SLACK, NoNumber, numeral_in

FARTHEST = 100_000
"""So many things of a list are looked at, as one may have no end."""

YES, NO, NONE = {"true", "yes"}, {"false", "no"}, "none"


@dataclass(frozen=True)
class Typed:
    """What was typed, without spaces around it."""

    text: str

    @cached_property
    def number(self) -> Decimal | None:
        """Its number with the digits that were typed; `3.3 %` is 0.033; None where it is none."""
        try:
            return Decimal(numeral_in(self.text))
        except NoNumber:
            pass
        try:
            return Decimal(numeral_in(self.text, "%")).scaleb(-2)
        except NoNumber:
            return None

    @property
    def value(self) -> int | float:
        """Its number.

        Raises:
            NoNumber: It is none.
        """
        if self.number is None:
            return float(numeral_in(self.text))  # which says why
        return int(self.number) if _is_whole(self.number) else float(self.number)

    @property
    def literal(self) -> Any:
        """The number, or the text where it is none."""
        return self.text if self.number is None else self.value

    @cached_property
    def words(self) -> set[str]:
        """The text, with and without quotes around it, whatever its capitals."""
        text = _folded(self.text)
        quoted = len(text) > 2 and text[0] == text[-1] and text[0] in "'\"`"
        return {text, text[1:-1].strip()} if quoted else {text}

    @cached_property
    def plain(self) -> str:
        """The text with spaces for hyphens, underscores and other signs."""
        return wordmatch.plain(self.text)


def same(left: Any, right: Any) -> bool:
    """Whether what was typed is what it is compared with; one of the two is `Typed`."""
    typed, other = (left, right) if isinstance(left, Typed) else (right, left)
    if isinstance(other, Typed):
        return bool(typed.text == other.text)
    if isinstance(other, str):
        return _same_words(typed, other)
    if other is None:
        return NONE in typed.words
    if _is_truth(other):
        return not typed.words.isdisjoint(YES if other else NO)
    number = number_of(other)
    return bool(typed.literal == other) if number is None else _same_number(typed, number)


def among(item: Any, container: Any) -> bool:
    """Whether what was typed is one of several things, or a part of a text."""
    if isinstance(container, Typed):
        text = item.text if isinstance(item, Typed) else item
        return _folded(text) in _folded(container.text)
    if isinstance(container, str):
        return _folded(item.text) in _folded(container)
    if isinstance(container, range):
        return isinstance(item.literal, int) and item.literal in container
    return any(same(item, it) for it in islice(container, FARTHEST))


def ordered(how: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Compares by `how`, numbers with numbers and texts with texts."""

    def compared(left: Any, right: Any) -> bool:
        texts = isinstance(left, str) or isinstance(right, str)
        a, b = ((it.text if texts else it.value) if isinstance(it, Typed) else it
                for it in (left, right))  # fmt: skip
        return how(a, b)

    return compared


def identical(left: Any, right: Any) -> bool:
    """`is`: nothing that was typed is another thing, but `None` is what was typed as such."""
    other = right if isinstance(left, Typed) else left
    return (other is None or isinstance(other, bool)) and same(left, right)


COMPARED: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: same,
    ast.NotEq: lambda a, b: not same(a, b),
    ast.Lt: ordered(operator.lt),
    ast.LtE: ordered(operator.le),
    ast.Gt: ordered(operator.gt),
    ast.GtE: ordered(operator.ge),
    ast.In: among,
    ast.NotIn: lambda a, b: not among(a, b),
    ast.Is: identical,
    ast.IsNot: lambda a, b: not identical(a, b),
}
"""How each comparison goes where one of its sides is `Typed`."""


def _same_words(typed: Typed, other: str) -> bool:
    """Capitals and quotes never count; other signs do where there is no letter: -1 is not 1."""
    if _folded(other) in typed.words:
        return True
    worded = any(it.isalpha() for it in typed.plain)
    return worded and typed.plain == wordmatch.plain(other)


def _same_number(typed: Typed, other: float) -> bool:
    """Whole numbers are exact; others may be rounded to the decimals that were typed."""
    number = typed.number
    if number is None or not math.isfinite(other):
        return False
    if isinstance(other, int):
        return number == other
    if abs(float(number) - other) <= SLACK * abs(other):
        return True
    digits, exponent = number.as_tuple()[1:]
    if not isinstance(exponent, int) or exponent >= 0 or len(digits) < 2:
        return False  # 0.1 is too short for 0.096
    return abs(Decimal(other) - number) <= Decimal((0, (5,), exponent - 1))


def number_of(other: Any) -> int | float | None:
    """A number of Python, NumPy or PyTorch as Python's; None where it is none."""
    if getattr(other, "ndim", 0):
        return None
    for convert, needs in ((operator.index, "__index__"), (float, "__float__")):
        try:
            if hasattr(type(other), needs):
                return convert(other)
        except (TypeError, ValueError, OverflowError):
            continue
    return None


def _is_truth(other: Any) -> bool:
    """Whether it is true or false, in Python or in NumPy."""
    return isinstance(other, bool) or type(other).__name__ in ("bool", "bool_")


def _is_whole(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= 0


def _folded(text: str) -> str:
    """Without capitals, and letters that are written in two ways in one."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
