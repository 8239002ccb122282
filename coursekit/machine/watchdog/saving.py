"""Asking the runs that are at work for a checkpoint before the machine is stopped."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from coursekit.core import handing, paths


@dataclass(frozen=True)
class Asked:
    """Who was asked for a checkpoint.

    Attributes:
        runs: The folders of those that were.
        unasked: Folders of those that could not be, though they may be at work; where the list of
            runs can't be read, that folder.
    """

    runs: list[Path] = field(default_factory=list)
    unasked: list[Path] = field(default_factory=list)


class Checkpoints:
    """What was asked for, and what has not come yet."""

    def __init__(self) -> None:
        self._asked: Asked | None = None

    def ask(self) -> Asked:
        """Asks each run once; who was asked by this call."""
        if self._asked is not None:
            return Asked()
        try:
            found = handing.listed()
        except OSError:
            self._asked = Asked(unasked=[paths.home() / "state" / handing.LISTED])
        else:
            self._asked = Asked(unasked=list(found.unknown))
            for run in found.runs:
                _ask(run, self._asked)
        return self._asked

    def missing(self) -> int:
        """How many runs have not written theirs, and have not ended either, as far as is known."""
        return sum(self._waits(run) for run in self._asked.runs) if self._asked else 0

    def forget(self) -> None:
        """There was a sign of life: the next countdown asks anew."""
        self._asked = None

    def _waits(self, run: Path) -> bool:
        with suppress(OSError):
            return handing.wants_checkpoint(run) and handing.is_at_work(run)
        return True


def _ask(run: Path, asked: Asked) -> None:
    """Asks one; one that has ended meanwhile need not be."""
    try:
        handing.want_checkpoint(run)
        asked.runs.append(run)
    except OSError:
        if handing.is_at_work(run):
            asked.unasked.append(run)
