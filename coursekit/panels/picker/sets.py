"""The catalogue's data sets: found by words, downloaded with progress, ready to be chosen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from traitlets import Instance, Tuple, Unicode

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.core.wording import file_size
from coursekit.data import catalogue
from coursekit.data.building import is_there
from coursekit.data.catalogue import Entry
from coursekit.data.download import dataset_folder, untar_data
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.picker.progress import Cancelled, Progress
from coursekit.panels.working import PanelModel

PHOTOS = ("photos", "")  # of a set that a user added, nobody said what it is for
STOPPED = "Stopped. What has arrived is kept: Download goes on from there."


@dataclass(frozen=True)
class Row:
    """One data set in words."""

    id: str
    name: str
    about: str
    size: str
    licence: str
    state: str
    button: str


class SetsModel(PanelModel):
    """The table of data sets, and the one that is being downloaded.

    Args:
        take: Gets the photos of a set whose photos have one label each.

    Attributes:
        query: Words that a set's name, purpose or licence must hold.
        rows: The sets that do.
        progress: Of the download.
        note: What came of the last one.
    """

    query = Unicode()
    rows = Tuple()
    progress = Instance(Progress, args=())
    note = Unicode()

    def __init__(self, take: Callable[[LabelledFolder], object]) -> None:
        super().__init__()
        self._take = take
        self._cancelled = threading.Event()
        self.observe(lambda _: self.refresh(), "query")

    def refresh(self) -> None:
        """Reads the catalogue and the disk again."""
        try:
            entries = list(catalogue.entries().values())
        except CourseError as error:
            self.rows, self.message = (), str(error)
            return
        words = self.query.casefold().split()
        self.rows = tuple(row(entry) for entry in entries if _fits(entry, words))

    def get(self, which: str) -> None:
        """Downloads a set if it is not here, and has its photos chosen if they have one label each.

        Args:
            which: Its id, name or address.
        """
        self._cancelled.clear()
        self.note = ""
        try:
            with self.working(f"Getting {which}"):
                entry = catalogue.find(which)
                self.busy = f"Getting {entry.name or which}"
                folder = self._fetch(entry)
        finally:
            self.progress = Progress()
            self.refresh()
        if not self.message and folder:
            self._use(entry, folder)

    def cancel(self) -> None:
        """Ends the download as soon as the next piece is there."""
        self._cancelled.set()

    def _fetch(self, entry: Entry) -> Path | None:
        try:
            return untar_data(entry.url, progress=self._tell)
        except Cancelled:
            self.note = STOPPED
            return None

    def _tell(self, done: int, total: int | None, what: str) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        self.progress = Progress(done, total, what)

    def _use(self, entry: Entry, folder: Path) -> None:
        name = entry.name or entry.id
        if entry.task not in PHOTOS:
            self.note = (
                f"{name} is in {folder}. This panel trains on photos with one label each, and "
                f"{name} is for something else: {purpose(entry)}."
            )
            return
        inside = folder / entry.inside if (folder / entry.inside).is_dir() else folder
        self.note = f"{name} is in {folder}."
        self._take(LabelledFolder(inside, entry.label or None))


def purpose(entry: Entry) -> str:
    """What the labels of a set are for, in a few words."""
    return {
        "photos": "photos with one label each",
        "table": "tables",
        "text": "texts",
        "points": "points in photos",
        "segmentation": "a class for each pixel of a photo",
        "boxes": "boxes around the things in a photo",
        "several labels": "photos with several labels each",
        "listed labels": "photos whose labels are in a list of its own",
    }.get(entry.task, entry.task)


def row(entry: Entry) -> Row:
    """A data set in words."""
    here = is_there(dataset_folder(entry))
    size = "no download" if entry.is_bundled else file_size(entry.bytes) if entry.bytes else ""
    about = entry.about
    if entry.task not in PHOTOS:
        about = f"{about} Not for this panel: {purpose(entry)}."
    return Row(
        entry.id,
        entry.name or entry.id,
        about,
        size or "size not known",
        entry.licence or "licence not known",
        "here" if here else _not_here(entry),
        "Use" if (here or entry.is_bundled) and entry.task in PHOTOS else _get(here),
    )


def _get(here: bool) -> str:
    return "Where is it?" if here else "Download"


def _not_here(entry: Entry) -> str:
    part = paths.home() / "datasets" / ".downloads" / entry.folder / "archive.part"
    try:
        return f"{file_size(part.stat().st_size)} of it here"
    except OSError:
        return "comes with coursekit" if entry.is_bundled else "not downloaded"


def _fits(entry: Entry, words: list[str]) -> bool:
    """Whether all words are in what is known of a set."""
    task = purpose(entry)
    text = " ".join((entry.id, entry.name, entry.about, entry.licence, entry.task, task)).casefold()
    return all(word in text for word in words)
