"""Onto the board and off it: first the run's folder, which is the truth, then the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.core.wording import percent, plural
from coursekit.scores import board
from coursekit.scores.entry import Entry, kept, of_run, read, write
from coursekit.scores.folder import ENTRY
from coursekit.store import answers
from coursekit.store.database import Database, database
from coursekit.store.errors import CannotWrite, why
from coursekit.store.tables import Run

AT_ONCE = 500
"""Folders that are asked about together."""


class NoRun(CourseError):
    """There is nothing that could be put on the board."""

    def __init__(self) -> None:
        super().__init__(
            "Only a run can go on the board, and learn.fine_tune(1) leaves none. Begin one with "
            'run = learn.start("fine_tune", 1), wait for it with run.wait(), then add it.'
        )


@dataclass(frozen=True)
class Standing:
    """What an entry reached, and where it stands among how many."""

    entry: Entry
    place: board.Place
    of: int

    def __repr__(self) -> str:
        entry, (low, high) = self.entry, self.entry.interval
        why = " seen before" if entry.kind == "person" else " that also chose it"
        chosen = why if entry.chosen else ""
        tied = ", which are not told apart" if self.place.tied else ""
        return (
            f"{entry.name}: error rate {percent(entry.error_rate)} ({percent(low)} to "
            f"{percent(high)}) on {plural(entry.judged, 'validation item')}{chosen}. "
            f"Place {self.place} of {self.of:,}{tied}."
        )


def add(run: Any, name: str = "") -> Standing:
    """Puts a run that has ended on the board.

    Args:
        run: A `TrainingRun`, the Learner that it trained, or its folder.
        name: What to call it there; "": what it did, in words.

    Returns:
        Its error rate with the 95 % interval, and where it stands among the runs of the same task.

    Raises:
        NoRun: It is no run.
        NotForTheBoard: It goes on still, or it was not judged by its error rate.
        StoreError: The database can't be written; the run's folder has the entry all the same, and
            it is on the board as soon as that can be.
    """
    return put(of_run(folder_of(run), name))


def folder_of(run: Any) -> Path:
    """The folder of a run, of the latest run of a Learner, or the path itself.

    Raises:
        NoRun: It is none of these.
    """
    it = run if hasattr(run, "folder") else getattr(run, "run", run)
    found = getattr(it, "folder", it)
    if not isinstance(found, str | Path):
        raise NoRun
    return Path(found)


def put(entry: Entry, store: Database | None = None) -> Standing:
    """Keeps an entry in its folder and on the board; see `add`."""
    keep(entry)
    with (store or database()).writing() as session:
        board.put(session, answers.the_learner(session).id, entry)
        session.flush()
        row = board.of(session, session.get_one(Run, entry.id))
        return Standing(entry, row.place, board.size(session, entry.task))


def keep(entry: Entry) -> None:
    """Writes an entry into its folder.

    Raises:
        CannotWrite: The home can't be written.
    """
    try:
        write(entry)
    except OSError as error:
        raise CannotWrite(why(error)) from error


def take_off(id: str, store: Database | None = None) -> None:
    """Takes a run from the board; its folder stays.

    Raises:
        CannotWrite: The database or the folder can't be written.
    """
    with (store or database()).writing() as session:
        board.remove(session, [id])
    try:
        (paths.home() / "runs" / id / ENTRY).unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(why(error)) from error


def catch_up(store: Database | None = None) -> int:
    """Puts entries on the board that folders have and it lacks: it can be lost and made again.

    Returns:
        How many there were.
    """
    it, added = store or database(), 0
    folders = list(kept())
    for start in range(0, len(folders), AT_ONCE):
        some = folders[start : start + AT_ONCE]
        with it.reading() as session:
            there = board.known(session, [folder.name for folder in some])
        found = [entry for folder in some if folder.name not in there and (entry := read(folder))]
        if found:
            with it.writing() as session:
                me = answers.the_learner(session).id
                for entry in found:
                    board.put(session, me, entry)
        added += len(found)
    return added
