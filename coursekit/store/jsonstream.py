"""A JSON file that may be larger than memory, read piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

CHUNK = 1 << 16
LARGEST = 8_000_000
"""Characters of one piece; a file where none ends for so long is damaged."""

SPACES = " \t\r\n"
ENDS = frozenset(f"{SPACES},:]}}")
"""What may come after a piece."""


class Damaged(Exception):
    """The file is no JSON from here on."""


class Pieces:
    """A JSON object's members, one after another; a member that is a list item by item.

    Args:
        file: Open for reading, at its beginning.
    """

    def __init__(self, file: TextIO) -> None:
        self._file, self._text, self._at = file, "", 0
        self._decoder = json.JSONDecoder(parse_constant=_refuse)

    def names(self) -> Iterator[str]:
        """The members' names; before the next, `value` or `items` must have read the member.

        Raises:
            Damaged: This is no JSON object, or something comes after it.
        """
        self._take("{")
        more = not self._ends("}")
        while more:
            name = self.value()
            if not isinstance(name, str):
                raise Damaged
            self._take(":")
            yield name
            more = not self._ends("}")
            if more:
                self._take(",")
        if self._next():
            raise Damaged

    def items(self) -> Iterator[Any]:
        """The items of a list.

        Raises:
            Damaged: This is no list.
        """
        self._take("[")
        more = not self._ends("]")
        while more:
            yield self.value()
            more = not self._ends("]")
            if more:
                self._take(",")

    def value(self) -> Any:
        """Whatever comes next, all of it.

        Raises:
            Damaged: It is no JSON, or longer than `LARGEST`.
        """
        self._next()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise Damaged from None
            except ValueError:  # a number of too many digits, too
                end = len(self._text)
            if self._text[end : end + 1] in ENDS:  # else it may go on: 12 may begin 123 or 12.5
                self._at = end
                return found
            if not self._read():
                raise Damaged

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            raise Damaged
        self._at += 1

    def _ends(self, sign: str) -> bool:
        """Whether the end comes next, which it goes past."""
        found = self._next() == sign
        self._at += found
        return found

    def _next(self) -> str:
        """The next sign that is no space, without going past it; "" at the file's end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in SPACES:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read():
                return ""

    def _read(self) -> bool:
        """Reads on; as much again as is waiting, so that a long piece is not tried too often."""
        rest = self._text[self._at :]
        if len(rest) > LARGEST:
            return False
        try:
            more = self._file.read(max(CHUNK, len(rest)))
        except UnicodeDecodeError:
            raise Damaged from None
        self._text, self._at = rest + more, 0
        return bool(more)


def _refuse(constant: str) -> None:
    raise ValueError(constant)
