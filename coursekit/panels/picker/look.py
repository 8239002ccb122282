"""What a choice of photos holds, before any of them is opened."""

from __future__ import annotations

import os
from pathlib import Path

from coursekit.core.errors import CourseError
from coursekit.core.wording import plural
from coursekit.data.items import image_extensions
from coursekit.data.labelled import LabelledFolder
from coursekit.data.listed import listed
from coursekit.panels.picker.model import Found


class OneLabel(CourseError):
    """Photos that all have the same label."""

    def __init__(self, folder: Path, n: int, label: str) -> None:
        super().__init__(
            f"All {plural(n, 'photo')} in {folder.name} would have one label, {label!r}. "
            "Choose another rule for labels, or a folder that holds a folder for each class."
        )


def look(photos: LabelledFolder) -> Found:
    """The photos of a folder by class.

    Raises:
        CourseError: There are no photos, or they are all of one class.
    """
    all_ = listed(photos)
    if len(all_.classes) < 2:
        raise OneLabel(photos.folder, len(all_.files), next(iter(all_.classes)))
    return Found(photos, all_.classes, listed=all_)


def here(folder: Path) -> str:
    """What lies in a folder itself, in words: an empty list of folders may hold many photos."""
    photos = folders = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if not name.startswith("."):
                    photo = name[name.rfind(".") :].lower() in image_extensions
                    photos += photo
                    folders += not photo and entry.is_dir()
    except OSError as error:
        return f"This folder can't be opened ({error.strerror})."
    said = f"This folder itself holds {plural(photos, 'photo') if photos else 'no photos'}"
    return f"{said} and {plural(folders, 'folder') if folders else 'no folders'}."


def digits() -> Path:
    """The folder of the bundled handwritten digits."""
    from coursekit.data.catalogue import URLs
    from coursekit.data.download import untar_data

    return untar_data(URLs.DIGITS, progress=False)
