"""Which photos were chosen, and what was found there. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from traitlets import Instance

from coursekit.core import wording
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.working import PanelModel


@dataclass(frozen=True)
class Sample:
    """A small picture to show: JPEG bytes and the label."""

    label: str
    jpeg: bytes


@dataclass(frozen=True)
class Found:
    """What a folder holds: photos by class, and a few of them to look at."""

    photos: LabelledFolder
    classes: dict[str, int]
    samples: tuple[Sample, ...] = ()

    def __str__(self) -> str:
        photos = wording.plural(sum(self.classes.values()), "photo")
        classes = wording.plural(len(self.classes), "class", "classes")
        names = wording.listing(f"{name} ({n:,})" for name, n in self.classes.items())
        split = self.photos.split_in_words()
        return f"{photos} of {classes} in {self.photos.folder.name}: {names}. {split}"


class PickerModel(PanelModel):
    """The chosen photos.

    Args:
        look: Counts and labels the photos of a folder; raises a `CourseError` where nothing can be
            learned from them.
        digits: The folder of the bundled handwritten digits, written on first use.
    """

    found = Instance(Found, allow_none=True)

    def __init__(self, look: Callable[[LabelledFolder], Found], digits: Callable[[], Path]) -> None:
        super().__init__()
        self._look, self._digits = look, digits
        self._chosen: LabelledFolder | None = None
        self._label: str | None = None

    def choose(self, folder: Path) -> None:
        """Takes the photos of `folder`, labelled by the present rule."""
        self._take(LabelledFolder(folder, self._label))

    def choose_digits(self) -> None:
        """Takes the bundled digits, which lie in a folder for each class whatever the rule is."""
        self.found = self._chosen = None
        with self.working("Unpacking the digits"):
            folder = self._digits()
        if not self.message:
            self._take(LabelledFolder(folder))

    def relabel(self, label: str | None) -> None:
        """Changes the rule for labels, for the chosen photos as for those chosen later."""
        if label == self._label:
            return
        self._label = label
        if self._chosen:
            self._take(replace(self._chosen, label=label))

    def _take(self, photos: LabelledFolder) -> None:
        self.found, self._chosen = None, photos
        with self.working(f"Looking at the photos in {photos.folder.name}"):
            self.found = self._look(photos)
