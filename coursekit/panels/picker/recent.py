"""The folders that were chosen last, remembered from one day to the next."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from coursekit.core import paths
from coursekit.data.labelled import LabelledFolder

MOST = 8


class Recent:
    """Reads and writes the home's `state/recent.json`.

    Args:
        root: Only folders in it, or in the home's `datasets`, are given and remembered.
        shared: Whether several people use this home: then nothing is remembered, since one's
            folders are not another's to see.
    """

    def __init__(self, root: Path, shared: bool = False) -> None:
        self.root, self.shared = root.resolve(), shared

    @property
    def file(self) -> Path:
        """Where they are kept: a list of folders with their rules, the newest first."""
        return paths.home() / "state" / "recent.json"

    def all(self) -> list[LabelledFolder]:
        """The folders that are still there, the newest first; none where the file is damaged."""
        if self.shared:
            return []
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            known = [LabelledFolder(Path(one["folder"]), one["label"]) for one in kept]
        except (OSError, ValueError, KeyError, TypeError):
            return []
        return [photos for photos in known if self.may(photos.folder)][:MOST]

    def remember(self, photos: LabelledFolder) -> None:
        """Puts a folder and its rule first; a home that cannot be written forgets in silence."""
        if self.shared or not self.may(photos.folder):
            return
        new = LabelledFolder(photos.folder.resolve(), photos.label)
        others = [one for one in self.all() if one.folder != new.folder]
        rows = [{"folder": str(one.folder), "label": one.label} for one in [new, *others][:MOST]]
        with suppress(OSError, UnicodeEncodeError):
            paths.folder("state")
            paths.write_text(self.file, json.dumps(rows, indent=1))

    def may(self, folder: Path) -> bool:
        """Whether a folder is there, and where this page may read."""
        try:
            real = folder.resolve(strict=True)
        except OSError:
            return False
        inside = (self.root, (paths.home() / "datasets").resolve())
        return real.is_dir() and any(real.is_relative_to(place) for place in inside)

    def words(self, photos: LabelledFolder) -> str:
        """A folder and its rule for a person; the root is shown by its name alone."""
        folder = photos.folder
        if folder.is_relative_to(self.root):
            name = (Path(self.root.name) / folder.relative_to(self.root)).as_posix()
        else:
            name = folder.relative_to((paths.home() / "datasets").resolve()).as_posix()
        return f"{name}, labels by {f'file name, {photos.label}' if photos.label else 'folder'}"
