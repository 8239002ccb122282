"""Photos of one's own, dropped on the page: written into class folders, then chosen."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from traitlets import Bool, Instance, Unicode

from coursekit.core import deeds
from coursekit.core.wording import file_size, plural
from coursekit.data.incoming import add, own_set, remove
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.picker.progress import Progress
from coursekit.panels.working import PanelModel

LIMIT = 500_000_000
"""Bytes of one file."""


class DropModel(PanelModel):
    """Takes files, and has them chosen once all have come.

    Args:
        take: Gets the set, as soon as it has two classes.
        shared: Whether several people use this home: then each gets a set that nobody else adds to.

    Attributes:
        name: Of the set.
        label: The class of photos that lie in no folder.
        note: What came of it.
        can_remove: Whether what was added last can be removed.
    """

    name = Unicode("photos")
    label = Unicode()
    note = Unicode()
    can_remove = Bool(False)
    progress = Instance(Progress, args=())

    def __init__(self, take: Callable[[LabelledFolder], object], shared: bool = False) -> None:
        super().__init__()
        self._take = take
        self._own = f"-{secrets.token_hex(8)}" if shared else ""
        self._adding = False
        self._added: list[Path] = []
        self._failed: list[str] = []

    def receive(self, name: str, data: bytes) -> None:
        """Adds one file: a photo, or a zip file of photos."""
        self._begin()
        with self.working(f"Adding {name}"):
            self._added += add(self._place(), name, data, self.label, self._tell)
        self.progress = Progress()
        if self.message:
            self._failed.append(self.message)

    def refuse(self, name: str, size: int) -> None:
        """Says that a file is too large; `size` in bytes."""
        self._begin()
        self._failed.append(
            f"{name} is {file_size(size)}; {file_size(LIMIT)} are the most. "
            "Copy it into a folder and choose that."
        )

    def finish(self) -> None:
        """All files have come: says what was added, and has it chosen."""
        self._adding, place = False, self._place()
        self.can_remove = bool(self._added)
        more = f" And {len(self._failed) - 1:,} more." if len(self._failed) > 1 else ""
        self.message = self._failed[0] + more if self._failed else ""
        if self._added:
            classes = sorted({file.parent.name for file in self._added})
            kinds = plural(len(classes), "class", "classes")
            self.note = f"{plural(len(self._added), 'photo')} of {kinds} added to {place.name}."
            self._choose(place)

    def remove(self) -> None:
        """Deletes what was added last, and nothing else."""
        place, added = self._place(), self._added
        if added:
            place = added[0].parent.parent
        with self.working("Removing what was added"):
            remove(place, added)
        if not self.message:
            self.note = f"{plural(len(added), 'photo')} removed again."
            self._added, self.can_remove = [], False
            self._choose(place)

    def _place(self) -> Path:
        return own_set(self.name + self._own)

    def _begin(self) -> None:
        if not self._adding:
            self._adding, self._added, self._failed = True, [], []
            self.note, self.can_remove = "", False

    def _tell(self, done: int, total: int | None, what: str) -> None:
        self.progress = Progress(done, total, what)

    def _choose(self, place: Path) -> None:
        """Has the set chosen; with one class there is nothing to tell apart yet."""
        folders = [it for it in place.iterdir() if it.is_dir()] if place.is_dir() else []
        if len(folders) > 1:
            deeds.note("made_data_set")
            self._take(LabelledFolder(place))
        elif folders:
            self.note += f" {folders[0].name!r} is its only class: add photos of another one."
