"""Which photos were chosen, and what was found there. No widgets, no torch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from traitlets import Bool, Instance, Int, Tuple, Unicode

from coursekit.core import wording
from coursekit.data.concerns import Concern
from coursekit.data.labelled import LabelledFolder
from coursekit.data.listed import Listed
from coursekit.panels.working import PanelModel

SIZES = (64, 448)
"""The least and the most pixels of a side that a network is given here."""


@dataclass(frozen=True)
class Found:
    """What a folder holds: photos by class, and each of them with its label and its part."""

    photos: LabelledFolder
    classes: dict[str, int]
    listed: Listed | None = None

    def __str__(self) -> str:
        photos = wording.plural(sum(self.classes.values()), "photo")
        classes = wording.plural(len(self.classes), "class", "classes")
        names = wording.listing(f"{name} ({n:,})" for name, n in self.classes.items())
        said = [f"{photos} of {classes} in {self.photos.folder.name}: {names}."]
        said.append(self.photos.split_in_words())
        if out := len(self.photos.without):
            said.append(f"{wording.plural(out, 'photo is', 'photos are')} left out.")
        said += [f"{old!r} counts as {new!r}." for old, new in self.photos.same]
        return " ".join(said)


class PickerModel(PanelModel):
    """The chosen photos.

    Args:
        look: Counts and labels the photos of a folder; raises a `CourseError` where nothing can be
            learned from them.
        digits: The folder of the bundled handwritten digits, written on first use.

    Attributes:
        found: The photos to train on, or None.
        label: The present rule for labels, as in `LabelledFolder`.
        size: Pixels of a side of what the network will be given, within `SIZES`.
        augment: Whether training varies the photos.
        steps: What was done about concerns, in words, the last one last; `undo` takes it back.
    """

    found = Instance(Found, allow_none=True)
    label = Unicode(allow_none=True, default_value=None)
    size = Int(224, min=SIZES[0], max=SIZES[1])
    augment = Bool(False)
    steps = Tuple()

    def __init__(self, look: Callable[[LabelledFolder], Found], digits: Callable[[], Path]) -> None:
        super().__init__()
        self._look, self._digits = look, digits
        self._chosen: LabelledFolder | None = None
        self._before: list[LabelledFolder] = []
        self._turn = threading.Lock()  # a download may end while a folder is chosen

    def choose(self, folder: Path) -> None:
        """Takes the photos of `folder`, labelled by the present rule."""
        self.take(LabelledFolder(folder, self.label))

    def choose_digits(self) -> None:
        """Takes the bundled digits, which lie in a folder for each class whatever the rule is."""
        self.found = self._chosen = None
        with self.working("Unpacking the digits"):
            folder = self._digits()
        if not self.message:
            self.take(LabelledFolder(folder))

    def relabel(self, label: str | None) -> None:
        """Changes the rule for labels, for the chosen photos as for those chosen later."""
        if label == self.label:
            return
        self.label = label
        if self._chosen:
            self.take(LabelledFolder(self._chosen.folder, label))

    def take(self, photos: LabelledFolder) -> None:
        """Takes these photos; what was done about others before cannot be undone any more."""
        self._before, self.steps = [], ()
        self._take(photos)

    def do(self, concern: Concern) -> None:
        """Does what can be done about a concern; `undo` takes it back.

        One that was raised about another choice than the present one is passed over.
        """
        if concern.better and self.found and concern.about is self.found.photos:
            self.change(concern.better, concern.button)

    def judge_with(self, valid_pct: float) -> None:
        """Has another share of the photos judge the model; `undo` takes it back."""
        if self.found and valid_pct != self.found.photos.valid_pct:
            share = wording.percent(valid_pct, digits=0)
            self.change(replace(self.found.photos, valid_pct=valid_pct), f"Judge on {share}")

    def change(self, photos: LabelledFolder, words: str) -> None:
        """Takes another choice of the same photos, which `undo` takes back."""
        if self._chosen:
            before = self._chosen
            self._take(photos)
            if self.found:
                self._before.append(before)
                self.steps = (*self.steps, words)

    def undo(self) -> None:
        """Takes back what was done last about a concern."""
        if self._before:
            self.steps = self.steps[:-1]
            self._take(self._before.pop())

    def again(self) -> None:
        """Looks at the chosen folder once more, as after files were added."""
        if self._chosen:
            self._take(self._chosen)

    def _take(self, photos: LabelledFolder) -> None:
        self.label, self._chosen = photos.label, photos
        if self.found and self.found.photos.folder != photos.folder:
            self.found = None
        with self._turn, self.working(f"Looking at the photos in {photos.folder.name}"):
            try:
                self.found = self._look(replace(photos))  # a copy: what it remembers may be old
            except BaseException:
                self.found = None
                raise
