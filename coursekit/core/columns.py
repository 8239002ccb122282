"""Text in the columns of a terminal: cut into lines, set side by side."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

WIDTH = 80
BETWEEN = "  "
INVISIBLE = ("Mn", "Me", "Cf")


def printable(text: str) -> str:
    """The text in one line, without anything that steers a terminal or turns the writing round."""
    kept = (" " if it.isspace() else it for it in text)
    shown = (it for it in kept if it == "\u200d" or not unicodedata.category(it).startswith("C"))
    return " ".join("".join(shown).split())


def width(text: str) -> int:
    """How many cells of a terminal a text fills; Chinese letters, say, fill two each."""
    return sum(map(_cells, text))


def wrapped(text: str, wide: int, most: int = 0) -> list[str]:
    """The text in lines of at most `wide` cells, cut where there are more than `most` lines.

    Args:
        text: Made printable first.
        wide: At least 3.
        most: 0: as many lines as it needs.
    """
    lines = [""]
    for word in printable(text).split(" "):
        rest = word
        if lines[-1] and width(lines[-1]) + 1 + width(rest) <= wide:
            lines[-1] += f" {rest}"
            continue
        while rest:
            fits = _fitting(rest, wide)
            lines.append(rest[:fits])
            rest = rest[fits:]
    lines = lines[1:] or [""]
    if not most or len(lines) <= most:
        return lines
    last = lines[most - 1]
    return [*lines[: most - 1], f"{last[: _fitting(last, wide - 1)].rstrip()}…"]


def beside(cells: Sequence[Sequence[str]], widths: Sequence[int], right: Iterable[int]) -> str:
    """Cells of several lines each, side by side.

    Args:
        cells: The lines of each.
        widths: Of each, in cells of the terminal.
        right: The places of those that are set to the right.
    """
    height, to_right = max(map(len, cells)), set(right)
    rows = []
    for n in range(height):
        parts = [
            _set(cell[n] if n < len(cell) else "", wide, place in to_right)
            for place, (cell, wide) in enumerate(zip(cells, widths, strict=True))
        ]
        rows.append(BETWEEN.join(parts).rstrip())
    return "\n".join(rows)


def _set(text: str, wide: int, right: bool) -> str:
    spaces = " " * (wide - width(text))
    return spaces + text if right else text + spaces


def _cells(letter: str) -> int:
    if unicodedata.category(letter) in INVISIBLE:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _fitting(text: str, wide: int) -> int:
    """How many letters of the text fit; at least one."""
    used = 0
    for n, letter in enumerate(text):
        used += _cells(letter)
        if used > wide:
            return max(1, n)
    return len(text)
