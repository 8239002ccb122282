"""What small files hold, read again only when they have changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

Held = TypeVar("Held")
Mark = tuple[int, int, int]
"""A file's time, size and number: another where somebody wrote or replaced it."""


class Rereading(Generic[Held]):
    """Files of one kind, by their names; what is gone is forgotten.

    Args:
        read: What a file holds; may raise OSError where it can't be read.

    Attributes:
        unread: Names of those that are there and could not be read at the last look, such as on a
            network disk that is away: whoever asks must not take them for unchanged.
    """

    def __init__(self, read: Callable[[Path], Held]) -> None:
        self._read = read
        self._known: dict[str, tuple[Mark, Held]] = {}
        self.unread: frozenset[str] = frozenset()

    def look(self, files: Iterable[Path | os.DirEntry[str]]) -> dict[str, tuple[Mark, Held]]:
        """When each was written, and what it holds; of the unread ones what they held before."""
        known: dict[str, tuple[Mark, Held]] = {}
        unread = set()
        for file in files:
            before = self._known.get(file.name)
            try:
                before = self._again(file, before)
            except FileNotFoundError:
                continue
            except OSError:
                unread.add(file.name)
            if before is not None:
                known[file.name] = before
        self._known, self.unread = known, frozenset(unread)
        return known

    def _again(
        self, file: Path | os.DirEntry[str], before: tuple[Mark, Held] | None
    ) -> tuple[Mark, Held]:
        about = file.stat()
        mark = (about.st_mtime_ns, about.st_size, about.st_ino)
        return before if before and before[0] == mark else (mark, self._read(Path(file)))
