"""A folder is built beside its place and takes it in one rename, whoever else builds it too."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coursekit.data.errors import DiskFull, NotWritable
from coursekit.data.progress import Tell

_KEPT = {"lock", "archive", "archive.part", "archive.part.json", "arrived.json"}
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOTDIR, errno.EEXIST, errno.ENOENT}  # a file where the home should be
DISK_ERRORS = _FULL | _REFUSED | {errno.EIO}


def is_there(folder: Path) -> bool:
    """Whether a folder has anything in it; complete then, because it came in one rename."""
    try:
        with os.scandir(folder) as listing:
            return any(True for _ in listing)
    except (FileNotFoundError, NotADirectoryError):
        return False


@contextmanager
def workshop(place: Path, tell: Tell) -> Iterator[Path]:
    """A folder to build `place` in, on the same disk, for one process at a time.

    What a killed process left half made is gone from it; an archive or a part of one stays.

    Raises:
        NotWritable: The folder of `place` cannot be written.
        DiskFull: There is no room.
    """
    shop = place.parent / ".downloads" / place.name
    with disk_errors(place.parent):
        shop.mkdir(parents=True, exist_ok=True)
        with _locked(shop / "lock", tell, place.name):
            for left in shop.iterdir():
                if left.name not in _KEPT:
                    discard(left)
            yield shop


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """A full or forbidden disk becomes a sentence about `place`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(place) from error
        if error.errno in _REFUSED | _NO_FOLDER:
            raise NotWritable(place, error.strerror or type(error).__name__) from error
        raise


@contextmanager
def _locked(path: Path, tell: Tell, name: str) -> Iterator[None]:
    from filelock import FileLock, Timeout  # costs 20 ms, so not at import

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(0, None, f"{name}: waiting for another process that makes it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def put(new: Path, folder: Path, shop: Path) -> None:
    """Moves a built folder to its place; what was there goes once the new one has come."""
    if folder.exists():
        folder.replace(shop / "old")
    new.replace(folder)
    discard(shop / "old")


def discard(path: Path) -> None:
    """Deletes a file or a folder with all that is in it, if there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
