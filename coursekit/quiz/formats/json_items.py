"""The entries of a JSON list with their places, and what they hold, of the right type."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from coursekit.quiz.formats.foreign import WIDEST, clean
from coursekit.quiz.questionnaire import Mistakes
from coursekit.quiz.source import Mistake

TOKEN = re.compile(r"[^ \t\n\r]")


class Wrong(Exception):
    """A question that nobody could ask."""


def items(text: str, path: Path) -> list[tuple[int, int, Any]]:
    """Line, column and value of each entry of the list that the text is.

    Raises:
        Mistakes: It is none.
    """
    decoder = json.JSONDecoder(parse_constant=no_number)
    found = []
    try:
        if not isinstance(decoder.decode(text), list):
            raise Mistakes(path, [Mistake(1, 1, "A list of questions is wanted, as in [{…}].")])
        at = after_space(text, text.index("[") + 1)
        while text[at] != "]":
            value, end = decoder.raw_decode(text, at)
            line, column = place(text, at)
            found.append((line, column, value))
            at = after_space(text, end)
            at = after_space(text, at + 1) if text[at] == "," else at
    except json.JSONDecodeError as error:
        says = f"This is no JSON: {error.msg[0].lower()}{error.msg[1:]}."
        raise Mistakes(path, [Mistake(error.lineno, error.colno, says)]) from None
    except RecursionError:
        raise Mistakes(path, [Mistake(1, 1, "This JSON is nested too deeply.")]) from None
    except ValueError as error:  # a number of thousands of digits, NaN
        raise Mistakes(path, [Mistake(1, 1, f"This is no JSON: {error}.")]) from None
    return found


def no_number(name: str) -> NoReturn:
    """Refuses what JavaScript has and JSON has not."""
    raise ValueError(f"{name} is no number")


def after_space(text: str, at: int) -> int:
    """Where the next token begins."""
    found = TOKEN.search(text, at)
    return found.start() if found else len(text)


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def string(item: dict[str, Any], name: str) -> str:
    """A text, "" where it is missing."""
    value = item.get(name)
    if value is not None and not isinstance(value, str):
        raise Wrong(f'"{name}" is a text, not {brief(value)}.')
    return value or ""


def real(value: Any, name: str) -> float:
    """A number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > WIDEST:
        raise Wrong(f'"{name}" is a number, not {brief(value)}.')
    return float(value)


def brief(value: Any) -> str:
    """A value as a message names it."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    if value is None:
        return "nothing"
    words = json.dumps(value, ensure_ascii=False) if isinstance(value, str | float) else str(value)
    return clean(words if len(words) <= 40 else f"{words[:40]}…")
