"""What a check found: a sentence, how bad it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["fine", "worth knowing", "broken"]
STATES: tuple[State, ...] = ("fine", "worth knowing", "broken")
"""From good to bad."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        state: "broken" where something that the course needs does not work; "worth knowing" where
            it works, but not as well as it could, or not for long.
        says: What it is, in a sentence.
        remedy: What to do, in a sentence or as a command; "" where nothing is to be done.
    """

    state: State
    says: str
    remedy: str = ""


def fine(says: str) -> Finding:
    """All is well with it."""
    return Finding("fine", says)


def worth_knowing(says: str, remedy: str = "") -> Finding:
    """It works, but whoever helps should know."""
    return Finding("worth knowing", says, remedy)


def broken(says: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding("broken", says, remedy)


def in_two(text: str) -> tuple[str, str]:
    """What happened and what to do: an error's last sentence is that, where it has two."""
    says, _, remedy = text.rpartition(". ")
    return (f"{says}.", remedy) if says else (text, "")
