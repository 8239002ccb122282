"""The chosen photos page by page: by class, by part of the split."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from traitlets import Instance, Int, Unicode

from coursekit.core.wording import plural
from coursekit.data.listed import Listed
from coursekit.panels.picker.model import Found
from coursekit.panels.picker.thumbnails import Thumbnails
from coursekit.panels.working import PanelModel

PER_PAGE = 24
PARTS = {"": "all photos", "train": "training set", "valid": "validation set"}


@dataclass(frozen=True)
class Tile:
    """One photo: its label, its file, its part, JPEG bytes or why there are none."""

    label: str
    name: str
    part: str
    jpeg: bytes
    reason: str


@dataclass(frozen=True, eq=False)
class Page:
    """What is shown; pages count from 1."""

    number: int = 1
    pages: int = 1
    photos: int = 0
    tiles: tuple[Tile, ...] = ()

    def __str__(self) -> str:
        if not self.photos:
            return "No photos are shown."
        return f"Page {self.number:,} of {self.pages:,}, {plural(self.photos, 'photo')}."


class PagesModel(PanelModel):
    """Shows a page of the chosen photos.

    Attributes:
        label: Only photos with this label; None for all.
        part: Only photos of this part, `train` or `valid`; "" for both.
        page: What is shown now.
        hidden: Which photos are not shown until a game was played, a sentence; "" for none.
    """

    label = Unicode(allow_none=True, default_value=None)
    part = Unicode("")
    page = Instance(Page, args=())
    hidden = Unicode()
    pages = Int(1)

    def __init__(self, thumbnails: Thumbnails | None = None) -> None:
        super().__init__()
        self._thumbnails = thumbnails or Thumbnails()
        self._listed: Listed | None = None
        self._chosen: list[int] = []
        self._wanted = 1
        self._shown: tuple[int, list[int] | None] = (0, None)
        self._turn = threading.Lock()

    def use(self, found: Found | None) -> None:
        """Turns to other photos; a class that they lack is no filter any more."""
        self._listed = found.listed if found else None
        label = self.label if found and self.label in found.classes else None
        self.choose(label, self.part)

    def choose(self, label: str | None, part: str = "") -> None:
        """Wants the first page of the photos with this label, in this part."""
        self.label, self.part = label, part
        listed = self._listed
        hidden = listed.hidden if listed else frozenset()
        self._chosen = [i for i in listed.chosen(label, part) if i not in hidden] if listed else []
        self.hidden = str(listed.aside) if listed and part != "train" else ""
        self.pages = max(1, -(-len(self._chosen) // PER_PAGE))
        self.ask(1)

    def show_all(self) -> None:
        """Gives the game up: the photos that were kept for it are shown, too."""
        if self._listed:
            self._listed.aside.note("shown")
            self.choose(self.label, self.part)

    def ask(self, number: int) -> int:
        """Notes which page is wanted.

        Returns:
            Its number, within the pages that there are.
        """
        self._wanted = min(max(1, number), self.pages)
        return self._wanted

    def show(self) -> None:
        """Shows the page that is wanted by now, if it is not shown already."""
        with self._turn:
            wanted, key = self._wanted, (self._wanted, self._chosen)
            if key[0] == self._shown[0] and key[1] is self._shown[1]:
                return
            self._shown = key
            tiles = tuple(self._tiles(self._indices(wanted)))
            self.page = Page(wanted, self.pages, len(self._chosen), tiles)
        if self._listed:
            self._thumbnails.prepare([self._listed.files[i] for i in self._indices(wanted + 1)])

    def _indices(self, number: int) -> list[int]:
        return self._chosen[(number - 1) * PER_PAGE : number * PER_PAGE]

    def _tiles(self, indices: list[int]) -> list[Tile]:
        listed = self._listed
        if listed is None:
            return []
        small = self._thumbnails.of([listed.files[i] for i in indices])
        return [
            Tile(
                listed.labels[i],
                listed.photos.name(listed.files[i]),
                "validation" if i in listed.judges else "training",
                one.jpeg,
                one.reason,
            )
            for i, one in zip(indices, small, strict=True)
        ]
