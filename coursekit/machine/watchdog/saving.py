"""Asking the runs that are at work for a checkpoint before the machine is stopped."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from coursekit.core import handing


class Checkpoints:
    """What was asked for, and what has not come yet."""

    def __init__(self) -> None:
        self._asked: list[Path] | None = None

    def ask(self) -> int:
        """Asks each run once; how many were asked by this call."""
        if self._asked is not None:
            return 0
        self._asked = []
        with suppress(OSError):
            for run in handing.all_at_work():
                with suppress(OSError):
                    handing.want_checkpoint(run)
                    self._asked.append(run)
        return len(self._asked)

    def missing(self) -> int:
        """How many runs have not written theirs, and have not ended either, as far as is known."""
        return sum(self._waits(run) for run in self._asked or ())

    def forget(self) -> None:
        """There was a sign of life: the next countdown asks anew."""
        self._asked = None

    def _waits(self, run: Path) -> bool:
        with suppress(OSError):
            return handing.wants_checkpoint(run) and handing.is_at_work(run)
        return True
