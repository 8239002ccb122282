"""What small files hold, read again only when they have changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

Held = TypeVar("Held")
Mark = tuple[int, int, int]
"""A file's time, size and number: another where somebody wrote or replaced it."""


class Rereading(Generic[Held]):
    """Files of one kind, by their names; what is gone is forgotten.

    Args:
        read: What a file holds; may raise FileNotFoundError where it has just gone.
    """

    def __init__(self, read: Callable[[Path], Held]) -> None:
        self._read = read
        self._known: dict[str, tuple[Mark, Held]] = {}

    def look(self, files: Iterable[Path | os.DirEntry[str]]) -> dict[str, tuple[Mark, Held]]:
        """When each was written, and what it holds; without those that are not there."""
        known: dict[str, tuple[Mark, Held]] = {}
        for file in files:
            with suppress(FileNotFoundError):
                about = file.stat()
                mark = (about.st_mtime_ns, about.st_size, about.st_ino)
                before = self._known.get(file.name)
                if before is None or before[0] != mark:
                    before = mark, self._read(Path(file))
                known[file.name] = before
        self._known = known
        return known
