"""Erases what is kept about a learner: in the database, in copies of it, and the id at home.

A baseline says something of photos, not of whoever asked for it: on a board that has rows of others
it stays, and is theirs from then on.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from coursekit.core import paths
from coursekit.store import answers, done, me, naming
from coursekit.store.database import Database
from coursekit.store.done import Done
from coursekit.store.tables import Attempt, Card, Learner, Place, Run, Stretch

WORDS: Mapping[type, tuple[str, str]] = {
    Attempt: ("answer", ""),
    Place: ("place in a questionnaire", "places in questionnaires"),
    Card: ("review card", ""),
    Run: ("row of the board", "rows of the board"),
    Stretch: ("time that a machine was on", "times that a machine was on"),
}
"""What a row of each table that belongs to a learner is called, and several of them."""

TICKS = ("tick of the homework", "ticks of the homework")
"""What a deed is called, likewise."""


@dataclass(frozen=True)
class Kept:
    """What is kept about whoever learns here.

    Attributes:
        id: See `store.me`; "" where they are not known.
        name: What they chose to be called.
        rows: How many rows of each table go with them.
        did: What was done, which the home folder keeps.
        stay: How many baselines others go on to see.
    """

    id: str
    name: str
    rows: Mapping[type, int]
    did: Done
    stay: int

    @property
    def is_something(self) -> bool:
        """Whether there is anything."""
        return bool(self.id or self.did.deeds or self.did.played)


def kept(database: Database) -> Kept:
    """What there is to forget.

    Raises:
        StoreError: The database can't be read.
    """
    with database.reading() as session:
        id = answers.learner_id(session) or ""
        rows = {table: count(session, table, id) for table in WORDS}
        stay = session.scalars(select(func.count()).select_from(Run).where(_stays(id))).one()
        rows[Run] -= stay
        return Kept(id, naming.name_of(session), rows, done.here(), stay)


def count(session: Session, table: Any, learner_id: str) -> int:
    """How many rows of a table are a learner's."""
    mine = select(func.count()).select_from(table).where(table.learner_id == learner_id)
    return session.scalars(mine).one()


def erase(database: Database) -> list[Path]:
    """Erases whoever learns here with all that is theirs, and the home's id.

    Returns:
        Copies of the database, made before an upgrade, that could not be changed.

    Raises:
        StoreError: The database can't be written; nothing is erased.
    """
    with database.writing() as session:
        id = answers.learner_id(session) or ""
        _thoroughly(session)
        _hand_over(session, id)
        answers.forget(session, id)
    _sweep(database)
    _off_the_board()
    me.forget()
    return _in_copies(database, "DELETE FROM learners WHERE id = :id", id)


OTHERS = aliased(Run)


def _stays(id: str) -> ColumnElement[bool]:
    """Whether a row is a baseline of this learner's on a board that has rows of others."""
    shared = select(OTHERS.id).where(OTHERS.task == Run.task, OTHERS.learner_id != id).exists()
    return and_(Run.learner_id == id, Run.kind == "baseline", shared)


def _hand_over(session: Session, id: str) -> None:
    """Gives the baselines that stay to somebody else on the same board."""
    if session.get_bind().dialect.name == "postgresql":  # a class may forget all at once, and
        # whom a baseline was just given to must not be going at the same moment
        session.execute(text("LOCK TABLE learners IN SHARE ROW EXCLUSIVE MODE"))
    theirs = select(OTHERS.learner_id).where(OTHERS.task == Run.task, OTHERS.learner_id != id)
    heir = theirs.order_by(OTHERS.error_rate, OTHERS.id).limit(1).scalar_subquery()
    given = update(Run).where(_stays(id)).values(learner_id=heir)
    session.execute(given, execution_options={"synchronize_session": False})


def _off_the_board() -> None:
    """Erases what runs' folders say of the board, or it would be made again; and what was done."""
    runs = paths.home() / "runs"
    for file in [*runs.glob("*/entry.json"), *runs.glob(".deleted/*/entry.json")]:
        with suppress(OSError):
            file.unlink()
    for name in ("deeds", "played"):
        shutil.rmtree(paths.home() / "state" / name, ignore_errors=True)


def erase_name(database: Database) -> list[Path]:
    """Erases the name alone; returns and raises as `erase` does."""
    with database.writing() as session:
        id = answers.learner_id(session) or ""
        _thoroughly(session)
        if learner := session.get(Learner, id):
            learner.name = ""
    _sweep(database)
    nameless = "UPDATE learners SET name = :id WHERE id = :id"  # older forms want names to differ
    return _in_copies(database, nameless, id)


def _thoroughly(session: Session) -> None:
    """Has SQLite write over what is erased; else it could be read in the file."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))


def _sweep(database: Database) -> None:
    """Empties SQLite's journal, where nobody else needs it now: it has the rows as they were."""
    if not database.is_sqlite:
        return
    with suppress(SQLAlchemyError, sqlite3.Error):
        connection = database.engine.raw_connection()  # as one that has begun could not
        with closing(connection):
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _in_copies(database: Database, statement: str, id: str) -> list[Path]:
    if not database.is_sqlite or not id:
        return []
    file = Path(str(database.url.database))
    failed = []
    for copy in sorted(file.parent.glob(f"{file.stem}-[0-9]*-*{file.suffix}")):
        try:
            with closing(sqlite3.connect(copy)) as connection, connection:
                connection.execute("PRAGMA foreign_keys=ON")
                connection.execute("PRAGMA secure_delete=ON")
                connection.execute(statement, {"id": id})
        except sqlite3.Error:
            failed.append(copy)
    return failed
