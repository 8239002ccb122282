"""Deleted runs: they lie in `runs/.deleted`, and can come back, until the bin is emptied."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from coursekit.core import paths
from coursekit.core.errors import CourseError, sentence
from coursekit.scores import board, entry
from coursekit.scores.adding import put
from coursekit.scores.folder import ENTRY
from coursekit.store.database import Database, database

BIN, WHEN = ".deleted", "deleted"


class NotMoved(CourseError):
    """A run's folder could not be moved."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"The run {folder.name} stays where it is: {why}")


def throw(folder: Path, store: Database | None = None) -> Path:
    """Takes a run from the board and puts its folder into the bin.

    It leaves the board first: should the move fail, the folder has its entry still, and is put on
    the board again when that is next read from the folders.

    Returns:
        Where the folder is now.

    Raises:
        NotMoved: It is gone, or can't be moved.
        StoreError: It is on the board, and the database can't be written.
    """
    if (folder / ENTRY).exists():
        with (store or database()).writing() as session:
            board.remove(session, [folder.name])
    to = folder.parent / BIN / folder.name
    try:
        to.parent.mkdir(exist_ok=True)
        paths.write_text(folder / WHEN, datetime.now(UTC).isoformat())
        folder.rename(to)
    except OSError as error:
        raise NotMoved(folder, sentence(error)) from error
    return to


def bring_back(thrown: Path, store: Database | None = None) -> Path:
    """Moves a run's folder back from the bin, and puts it on the board if it was there.

    Returns:
        Where the folder is now.

    Raises:
        NotMoved: It is gone, there is another of its name, or it can't be moved.
        StoreError: The database can't be written; the folder is back all the same.
    """
    to = thrown.parent.parent / thrown.name
    if to.exists():
        raise NotMoved(thrown, "there is another run of this name.")
    try:
        thrown.rename(to)
        (to / WHEN).unlink(missing_ok=True)
    except OSError as error:
        raise NotMoved(thrown, sentence(error)) from error
    if (row := entry.read(to)) is not None:
        put(row, store)
    return to


def thrown() -> list[Path]:
    """The folders in the bin, the one that was deleted last first."""
    try:
        found = [it for it in (paths.home() / "runs" / BIN).iterdir() if _is_folder(it)]
    except OSError:
        return []
    return sorted(found, key=when, reverse=True)


def when(folder: Path) -> str:
    """When a run was deleted; "" where that is not known."""
    try:
        return (folder / WHEN).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def size(folders: Iterable[Path]) -> int:
    """How much room these folders take, in bytes."""
    total = 0
    for folder in folders:
        for file in folder.rglob("*"):
            with suppress(OSError):  # somebody may empty the bin meanwhile
                total += 0 if file.is_symlink() or file.is_dir() else file.stat().st_size
    return total


def delete(folders: Iterable[Path]) -> None:
    """Deletes folders of the bin for good.

    Raises:
        NotMoved: One can't be deleted; those before it are gone.
    """
    for folder in folders:
        if folder.parent.name != BIN:
            raise NotMoved(folder, "it is not in the bin. Delete it first.")
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise NotMoved(folder, sentence(error)) from error


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
