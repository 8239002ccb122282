"""The teacher's look at the chosen photos: at their labels at once, at the photos on demand."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from traitlets import Bool, Instance, Tuple

from coursekit.core.wording import plural
from coursekit.data import concerns
from coursekit.data.listed import Listed
from coursekit.data.scan import Seen, kin, scan
from coursekit.panels.picker.model import Found
from coursekit.panels.picker.progress import Cancelled, Progress
from coursekit.panels.working import PanelModel

SMALL = 2000
"""So many photos are opened without being asked; that takes a few seconds."""


class CheckModel(PanelModel):
    """What a teacher would say of the photos.

    Attributes:
        concerns: What there is to say, the most basic first.
        progress: Of opening the photos.
        opened: Whether all of them have been.
    """

    concerns = Tuple()
    progress = Instance(Progress, args=())
    opened = Bool(False)

    def __init__(self) -> None:
        super().__init__()
        self._listed: Listed | None = None
        self._folder: Path | None = None
        self._seen: dict[Path, Seen] = {}
        self._kin: dict[Path, int] = {}
        self._stop = threading.Event()
        self._turn = threading.Lock()  # a cell may ask while the page does

    @property
    def wanted(self) -> bool:
        """Whether the photos are few enough to be opened unasked, and are not yet."""
        return bool(self._listed and len(self._listed.files) <= SMALL and not self.opened)

    def use(self, found: Found | None) -> None:
        """Turns to other photos, or to another choice of the same ones, which are not reopened."""
        self._stop.set()
        self._listed = found.listed if found else None
        folder = found.photos.folder if found else None
        if folder and folder != self._folder:
            self._folder, self._seen, self._kin = folder, {}, {}
        self._say()

    def check(self) -> None:
        """Opens all photos that have not been; blocks until that is done or cancelled."""
        listed, stop = self._listed, threading.Event()
        self._stop = stop
        if listed is None:
            return

        def tell(done: int, total: int | None, what: str) -> None:
            if stop.is_set():
                raise Cancelled
            self.progress = Progress(done, total, what)

        what = "Looking for copies and for photos that cannot be read"
        with self._turn, self.working(what):
            with suppress(Cancelled):
                scan(listed.files, self._seen, tell)
            if listed is self._listed:  # else others were chosen meanwhile
                self._kin = kin(self._seen)
                self._say()
        self.progress = Progress()

    def check_again(self) -> None:
        """Opens all photos anew, as after files were changed."""
        self._seen, self._kin, self.opened = {}, {}, False
        self.check()

    def cancel(self) -> None:
        """Ends the opening; what was seen is kept."""
        self._stop.set()

    def _say(self) -> None:
        listed = self._listed
        if listed is None:
            self.opened, self.concerns = False, ()
            return
        self.opened = all(file in self._seen for file in listed.files)
        found = concerns.of_labels(listed)
        if self._seen:
            found += concerns.of_photos(listed, self._seen, self._kin)
        self.concerns = tuple(found)

    def __str__(self) -> str:
        if self._listed is None:
            return ""
        n = len(self._listed.files)
        looked = sum(file in self._seen for file in self._listed.files)
        if self.opened:
            opened = f"All {n:,} photos were opened."
        elif looked:
            opened = f"{looked:,} of {n:,} photos were opened."
        else:
            opened = "No photo was opened yet."
        if not (self.concerns or self.opened):
            return f"Labels and split are all right. {opened}"
        what = plural(len(self.concerns), "thing") if self.concerns else "Nothing"
        return f"{what} to look into. {opened}"
