"""Validation photos that a person is to label, too, and that no grid shows before."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coursekit.core import fingerprint, paths, played
from coursekit.core.played import How
from coursekit.core.wording import plural
from coursekit.data.split import drawn

MOST = 20
FEWEST = 6
"""With fewer photos there is no game, so none are set aside."""

SHARE = 3
"""At most one in so many validation photos is set aside."""

SALT = "you against the model"

_kept: dict[tuple[Path, str], How] = {}  # for a home that can't be written


@dataclass(frozen=True)
class Aside:
    """Photos that are set aside, none or `FEWEST` to `MOST`, in the order they were drawn."""

    files: tuple[Path, ...] = ()

    def __str__(self) -> str:
        """Why photos are missing where they are hidden; "" where none are."""
        if not self.hidden:
            return ""
        kept = plural(len(self.files), "validation photo is", "validation photos are")
        return (
            f'{kept} kept for the game "You against the model" and not shown until you have '
            "played it. The metrics count them."
        )

    @cached_property
    def digest(self) -> str:
        """Tells these photos by their names and sizes, in whatever folder they lie."""
        return fingerprint.of_table((file.name, str(_size(file))) for file in self.files)

    @property
    def seen(self) -> How | None:
        """Whether the game was begun or played, or was given up and the photos shown."""
        return played.how(self.digest) or _kept.get((paths.home(), self.digest))

    @property
    def hidden(self) -> frozenset[Path]:
        """The photos that no grid may show now."""
        if not self.files or self.seen in ("played", "shown"):
            return frozenset()
        return frozenset(self.files)

    def note(self, how: How) -> None:
        """Keeps what became of the photos; a game begun anew hides nothing that was shown.

        A home that can't be written is no reason to stop what is being done.
        """
        if how == "begun" and self.seen:
            return
        _kept[paths.home(), self.digest] = how
        with suppress(OSError):
            played.note(self.digest, how)


def set_aside(valid: Iterable[Path]) -> Aside:
    """Draws the photos to set aside from those that validate.

    The same ones whatever order the photos come in, and whatever a training's seed is.
    """
    files = list(valid)
    n = min(MOST, len(files) // SHARE)
    if n < FEWEST:
        return Aside()
    return Aside(tuple(files[index] for index in drawn(files, n, SALT)))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
