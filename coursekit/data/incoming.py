"""Photos that a person hands over, put into class folders of a data set of their own."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.data.building import discard, disk_errors
from coursekit.data.errors import DamagedArchive
from coursekit.data.items import get_files, image_extensions
from coursekit.data.progress import Tell
from coursekit.data.unpack import unpack

MOST_FILES = 100_000
"""What an archive that a person hands over may hold; choosing an unpacked folder has no limit."""

_LONGEST = 180  # bytes of a name; file systems take 255, and a number and a temporary name follow


class NoClass(CourseError):
    """A photo that lies in no folder, and nobody said what it shows."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} lies in no folder, so its class is not known. Write the class into the field "
            "and add it again."
        )


class NoPhoto(CourseError):
    """A file whose name is not that of a picture or of an archive."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was not added: its name is neither that of a photo, such as photo.jpg, nor "
            "that of a zip file."
        )


def own_set(name: str) -> Path:
    """Where the photos of a person's own set are: `datasets/mine-NAME` in the home."""
    safe = re.sub(r"[^\w.\-]+", "-", name.strip()).strip("-.")[:60] or "photos"
    return paths.home() / "datasets" / f"mine-{safe}"


def add(into: Path, name: str, data: bytes, label: str, tell: Tell) -> list[Path]:
    """Writes a photo, or the photos of a zip or tar file, into class folders.

    Nothing is overwritten: a file whose name is taken gets a number.

    Args:
        into: As from `own_set`; made if need be.
        name: The file's name, with its folders and `/` if it came with any; the last is its class.
        data: What is in it.
        label: The class of photos that lie in no folder.
        tell: Gets how much of an archive is unpacked.

    Returns:
        The new files; all or, after an error, none of them are there.

    Raises:
        CourseError: It is neither, has no class, cannot be unpacked safely, or the disk is full.
    """
    with disk_errors(into.parent):
        into.parent.mkdir(parents=True, exist_ok=True)
        if is_photo(name):
            return [_write(into, _class(PurePosixPath(name), label), name, data)]
        if re.search(r"\.(zip|tgz|tar|tar\.\w+)$", name.lower()):
            return _add_archive(into, PurePosixPath(name).name, data, label, tell)
    raise NoPhoto(name)


def remove(into: Path, files: list[Path]) -> None:
    """Deletes files that `add` wrote, and folders of theirs that are empty then."""
    with disk_errors(into):
        for file in files:
            file.unlink(missing_ok=True)
        for folder in [*{file.parent for file in files}, into]:  # inner ones first
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def is_photo(name: str) -> bool:
    """Whether a file is called as photos are."""
    return PurePosixPath(name).suffix.lower() in image_extensions


def _add_archive(into: Path, name: str, data: bytes, label: str, tell: Tell) -> list[Path]:
    """Unpacks beside the set, on the same disk, and moves the photos in one by one."""
    shop = into.parent / f".incoming-{secrets.token_hex(6)}"
    moved: list[Path] = []
    try:
        shop.mkdir()
        (shop / "archive").write_bytes(data)
        unpack(shop / "archive", shop / "unpacked", name, tell, MOST_FILES)
        for file, kind in list(_classed(shop / "unpacked", name, label)):
            moved.append(_free(into / kind / _short(file.name)))
            file.replace(moved[-1])
    except DamagedArchive as error:
        remove(into, moved)
        raise CourseError(f"{name} is damaged or cut off. Make it again, and add that.") from error
    except BaseException:
        remove(into, moved)
        raise
    finally:
        discard(shop)
    return moved


def _classed(folder: Path, name: str, label: str) -> Iterator[tuple[Path, str]]:
    """The photos of an unpacked archive with their classes."""
    photos = [file for file in get_files(folder, image_extensions) if not file.is_symlink()]
    if not photos:
        raise CourseError(f"There are no photos in {name}. Make one with photos in class folders.")
    for file in photos:
        yield file, _class(PurePosixPath(file.relative_to(folder).as_posix()), label)


def _class(name: PurePosixPath, label: str) -> str:
    kind = name.parent.name or label
    kind = re.sub(r"[/\\\x00-\x1f]+", " ", kind).strip().strip(".").strip()
    if not kind:
        raise NoClass(name.name)
    if len(kind.encode(errors="replace")) > _LONGEST:
        raise CourseError(f"The class {kind[:40]!r}… is too long a name for a folder. Shorten it.")
    return kind


def _write(into: Path, kind: str, name: str, data: bytes) -> Path:
    place = _free(into / kind / _short(PurePosixPath(name).name))
    with paths.replacing(place) as temporary:
        temporary.write_bytes(data)
    return place


def _free(wanted: Path) -> Path:
    """A name that is not taken yet: `cat.jpg`, else `cat 2.jpg` and so on; its folder is made."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    place, number = wanted, 1
    while place.exists():
        number += 1
        place = wanted.with_name(f"{wanted.stem} {number}{wanted.suffix}")
    return place


def _short(name: str) -> str:
    """A name that file systems take, with its ending; a hidden one would not be found again."""
    path = PurePosixPath(name.lstrip(". ") or "photo")
    room = _LONGEST - len(path.suffix.encode())
    return path.stem.encode()[:room].decode(errors="ignore") + path.suffix
