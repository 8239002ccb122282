"""Room on the disks of the home folder and of temporary files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coursekit.app.doctor.finding import Finding, broken, fine, worth_knowing
from coursekit.core import paths
from coursekit.core.wording import file_size

LITTLE, TOO_LITTLE = 2e9, 2e8
"""Bytes: a data set and its runs take about the first, one run's checkpoints the second."""

ROOM = "Delete what you don't need; `coursekit doctor --only caches` says what coursekit keeps."


def findings() -> Iterator[Finding]:
    """What is said of the disks."""
    home, temporary = paths.home(), Path(tempfile.gettempdir())
    yield of_disk(home, "coursekit's folder")
    if existing(home).stat().st_dev != temporary.stat().st_dev:
        yield of_disk(temporary, "temporary files")


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next((it for it in (folder, *folder.parents) if it.is_dir()), Path())


def of_disk(folder: Path, what: str) -> Finding:
    """Whether there is room for `what`, in bytes and in files."""
    place = existing(folder)
    usage = shutil.disk_usage(place)
    ours = usage.used + usage.free  # the system may keep some for itself
    says = f"{file_size(usage.free)} of {file_size(ours)} are free for {what} ({folder})."
    if usage.free < TOO_LITTLE:
        return broken(says, ROOM)
    if full_of_files(place):
        return broken(f"The disk for {what} ({folder}) can take no more files.", ROOM)
    return worth_knowing(says, ROOM) if usage.free < LITTLE else fine(says)


def full_of_files(folder: Path) -> bool:
    """Whether a disk with bytes left has no more entries for files, which some have few of."""
    if not hasattr(os, "statvfs"):
        return False
    numbers = os.statvfs(folder)
    return numbers.f_files > 0 and numbers.f_favail == 0
