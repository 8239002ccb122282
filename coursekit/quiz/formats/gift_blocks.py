r"""A GIFT file as its blocks, with what a backslash shields out of the way.

Source: Moodle's documentation of the GIFT format, and what its importer takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coursekit.quiz.source import Mistake

SHIELDED = {"\\": "\\\\", "\n": "\\n", **{char: f"\\{char}" for char in "~=#{}:"}}
"""What has a meaning in GIFT, and how it is written where it has none."""

STAND_INS = {char: chr(0xFDD0 + n) for n, char in enumerate(SHIELDED)}
"""Characters that Unicode gives to nobody, one for each that is shielded."""

TO_STAND_IN = {written: STAND_INS[char] for char, written in SHIELDED.items()}
TO_SHIELDED = str.maketrans({**SHIELDED, "\r": ""})
FROM_STAND_IN = str.maketrans({it: char for char, it in STAND_INS.items()})
NOBODYS = dict.fromkeys(range(0xFDD0, 0xFDF0))
LINES = re.compile(r"\r\n|\r|\n")


class Wrong(Exception):
    """What nobody could read; `at` is where in the block's text."""

    def __init__(self, says: str, at: int = 0) -> None:
        super().__init__(says)
        self.at = at


@dataclass(frozen=True)
class Block:
    """Lines without an empty one between them.

    Attributes:
        lines: The numbers of its lines that are no comments.
        text: These lines; shielded characters are stand-ins.
        comment: The comment lines, as they are.
        first: The number of its first line.
    """

    lines: tuple[int, ...]
    text: str
    comment: str
    first: int

    def mistake(self, wrong: Wrong) -> Mistake:
        """What is wrong, with its line and column in the file."""
        before = self.text[: wrong.at]
        column = before[before.rfind("\n") + 1 :]
        width = len(column) + sum(ord(char) in FROM_STAND_IN for char in column)
        return Mistake(self.lines[before.count("\n")], width + 1, str(wrong))


def shielded(text: str) -> str:
    """A text as GIFT has it within a question."""
    return text.translate(TO_SHIELDED)


def restored(text: str) -> str:
    """A text with the characters that its stand-ins stand for."""
    return text.translate(FROM_STAND_IN).strip()


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a file."""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate([*LINES.split(text.translate(NOBODYS)), ""], 1):
        if line.strip():
            lines.append((number, line))
        elif lines:
            yield block(lines)
            lines = []


def block(lines: list[tuple[int, str]]) -> Block:
    """Lines as a block."""
    comments = [line for _, line in lines if line.lstrip().startswith("//")]
    rest = [(number, line) for number, line in lines if not line.lstrip().startswith("//")]
    text = re.sub(
        r"\\[\\~=#{}:n]", lambda found: TO_STAND_IN[found[0]], "\n".join(line for _, line in rest)
    )
    numbers = tuple(number for number, _ in rest)
    return Block(numbers, text.rstrip(), "\n".join(comments), lines[0][0])
