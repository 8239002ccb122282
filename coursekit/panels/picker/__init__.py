"""Choosing photos: the catalogue, folders, what is in them, what a teacher would say of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.errors import CourseError
from coursekit.core.wording import plural
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.panel import Panel
from coursekit.panels.picker.checking import CheckModel
from coursekit.panels.picker.dropping import DropModel
from coursekit.panels.picker.look import digits, look
from coursekit.panels.picker.model import Found, PickerModel
from coursekit.panels.picker.pages import PagesModel
from coursekit.panels.picker.recent import Recent
from coursekit.panels.picker.sets import SetsModel
from coursekit.panels.picker.sight import SightModel
from coursekit.panels.picker.varied import vary
from coursekit.panels.served import others_may_be_here
from coursekit.panels.working import PanelModel

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.vision.data import ImageDataLoaders

START = """\
No photos are chosen yet. Choose some:
  picker.choose_digits()           5,000 handwritten digits, without a network
  picker.get("pets")               a data set of the catalogue, downloaded if it is not here
  picker.choose("my/photos")       a folder with a folder of photos for each class
  picker.choose("pets/images", label="^(.+)_")      labels from file names"""


class DatasetPicker(Panel):
    """Chooses photos to train on, and shows what is in them.

    Args:
        root: The folder chooser starts here and never leaves it. Default: the folder that
            `coursekit app` was given, else the current one.
        title: The panel's heading.

    Attributes:
        model: Its `found` has the photos; its `size` and `augment` are what training is to use.

    Example:
        >>> from coursekit.panels.picker import DatasetPicker
        >>> picker = DatasetPicker()
        >>> picker.choose_digits()
        >>> sum(picker.found.classes.values())
        5000
    """

    model: PickerModel

    def __init__(self, root: Path | str | None = None, title: str = "Choose photos") -> None:
        self.title = title
        self.root = Path(root or os.environ.get("COURSEKIT_ROOT") or ".").resolve()
        shared = others_may_be_here()
        self.model = PickerModel(look, digits)
        self.sets, self.drops = SetsModel(self.model.take), DropModel(self.model.take, shared)
        self.checks, self.pages, self.sight = CheckModel(), PagesModel(), SightModel(vary)
        self._recent = Recent(self.root, shared)
        self.model.observe(self._turn_to, "found")

    @property
    def found(self) -> Found | None:
        """The photos that were chosen."""
        return self.model.found

    def choose(self, folder: Path | str, label: str | None = None) -> None:
        """Takes the photos of a folder.

        Args:
            folder: Any folder; only the chooser on the page keeps within `root`.
            label: A regular expression whose first group, searched in a file's name, is its label;
                None where the folder that a file lies in is its label.

        Raises:
            CourseError: There are no photos, no labels, or one label only.
        """
        photos = LabelledFolder(Path(folder).expanduser().resolve(), label)
        self._done(partial(self.model.take, photos))

    def choose_digits(self) -> None:
        """Takes the handwritten digits that come along.

        Raises:
            CourseError: They cannot be written to the home.
        """
        self._done(self.model.choose_digits)

    def get(self, name: str) -> None:
        """Downloads a data set if it is not here, and takes its photos if they have one label each.

        Args:
            name: Its name, its id, or the address of an archive.

        Raises:
            CourseError: It cannot be downloaded, or nothing can be learned from its photos.
        """
        self._did(partial(self.sets.get, name), self.sets)
        self._did(lambda: None, self.model)

    def add(self, file: Path | str, label: str = "") -> None:
        """Copies a photo, or the photos of a zip file, into a data set of one's own.

        Args:
            file: The photo or the zip file.
            label: The class of photos that lie in no folder of a zip file.

        Raises:
            CourseError: It cannot be read or unpacked, or has no class.
        """
        path = Path(file)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CourseError(f"{path} can't be opened ({error.strerror}).") from None
        self.drops.label = label
        self.drops.receive(path.name, data)
        self._did(self.drops.finish, self.drops)

    def check(self) -> None:
        """Opens every photo, to find copies and what cannot be read; `concerns` has more then."""
        self._did(self.checks.check, self.checks)

    @property
    def concerns(self) -> tuple[Any, ...]:
        """What would spoil the training; `fix` does something about one of them."""
        return tuple(self.checks.concerns)

    def fix(self, kind: str) -> None:
        """Does what can be done about a concern of this kind; `undo` takes it back."""
        for concern in self.concerns:
            if concern.kind == kind:
                self._done(partial(self.model.do, concern))

    def undo(self) -> None:
        """Takes back what `fix` did last."""
        self._done(self.model.undo)

    def recent(self) -> list[LabelledFolder]:
        """The folders that were chosen last, the newest first."""
        return self._recent.all()

    def dls(self, size: int = 224, augment: bool = False) -> ImageDataLoaders:
        """The chosen photos as batches to train on.

        Args:
            size: Pixels of a side.
            augment: Whether training varies the photos, as `aug_transforms()` does.

        Raises:
            CourseError: No photos are chosen, or none is left to train or to validate on.
        """
        from coursekit.vision.folder import loaders

        if self.found is None:
            raise CourseError("No photos are chosen yet. Choose some, as with choose_digits().")
        return loaders(self.found.photos, size, augment=augment)

    def text(self) -> str:
        """What was chosen, what to look into, and what to call next."""
        if self.found is None:
            return "\n".join(filter(None, (self.model.message, START)))
        lines = [str(self.found), str(self.checks)]
        lines += [
            f"  {concern.kind}: {concern.says}"
            + (f' picker.fix("{concern.kind}"): {concern.button}.' if concern.button else "")
            for concern in self.concerns
        ]
        if steps := len(self.model.steps):
            lines.append(f"{plural(steps, 'change')} made; picker.undo() takes back the last.")
        lines.append("Train on them: dls = picker.dls(size=224). Look closer: picker.check().")
        return "\n".join(lines)

    def widgets(self) -> VBox:
        """The panel's widgets, made anew."""
        from coursekit.panels.picker.panel_view import picker_panel

        return picker_panel(self, self._recent)

    def _did(self, job: Callable[[], object], model: PanelModel) -> None:
        """As `_done`, for a job of another of the panel's models."""
        job()
        if model.message:
            raise CourseError(model.message)

    def _turn_to(self, _: object) -> None:
        found = self.model.found
        self.checks.use(found)
        self.pages.use(found)
        self.sight.use(found)
        if found:
            self._recent.remember(found.photos)
