"""All that is kept about a learner as one JSON file, to keep or to take to another machine.

No learner's id is in the file: whoever imports it becomes the one whose it is. Rows are written and
read one at a time, so that there may be any number of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Column, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.store import answers, naming, rows
from coursekit.store.database import Database
from coursekit.store.jsonstream import Damaged, Pieces
from coursekit.store.rows import Misfit
from coursekit.store.tables import Attempt, Base, Card, Place, Run, Stretch

FORMAT = 1
TABLES = tuple(
    Base.metadata.tables[it.__tablename__] for it in (Attempt, Place, Card, Run, Stretch)
)
"""What belongs to a learner, in the order of the file."""

LATER = {"stretches"}
"""What files of earlier versions don't have."""

OWNER = "learner_id"
AT_ONCE = 1000
"""Rows that are read or written together."""

INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class CannotExport(CourseError):
    """The file can't be written."""

    def __init__(self, path: Path, error: OSError) -> None:
        why = (error.strerror or "it can't be written").lower()
        super().__init__(f"{path} can't be written ({why}).")


class CannotImport(CourseError):
    """A file that can't be taken in; nothing of it was."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} can't be imported: {why}. Nothing was changed.")


def export(database: Database, path: Path) -> dict[str, int]:
    """Writes all that is kept about whoever learns here.

    Returns:
        How many rows of each table.

    Raises:
        CannotExport: The file can't be written; one that was there stays as it was.
        StoreError: The database can't be read.
    """
    try:
        with database.reading() as session, paths.replacing(path) as temporary:
            _as_of_one_moment(session)
            with temporary.open("w", encoding="ascii") as file:
                return _write(session, file)
    except OSError as error:
        raise CannotExport(path, error) from None


def _as_of_one_moment(session: Session) -> None:
    """SQLite does so anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _write(session: Session, file: TextIO) -> dict[str, int]:
    me = answers.learner_id(session)
    name = naming.name_of(session)
    file.write(f'{{"format": {FORMAT},\n"name": {json.dumps(name)}')
    counts = {}
    for table in TABLES:
        file.write(f',\n"{table.name}": [')
        n = 0
        for n, row in enumerate(_rows_of(session, table, me), 1):
            file.write(f"{',' if n > 1 else ''}\n{json.dumps(row)}")
        counts[table.name] = n
        file.write("\n]")
    file.write("\n}\n")
    return counts


def _rows_of(session: Session, table: Table, me: str | None) -> Iterator[dict[str, Any]]:
    mine = select(*_columns(table)).where(table.c[OWNER] == me).order_by(*table.primary_key)
    for row in session.execute(mine, execution_options={"yield_per": AT_ONCE}):
        yield {name: rows.as_json(value) for name, value in row._mapping.items()}


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.name != OWNER]


def read_in(database: Database, path: Path) -> dict[str, tuple[int, int]]:
    """Takes in what `export` wrote: what is there already stays as it is.

    A name is taken where there is none yet.

    Returns:
        For each table how many rows were added, and how many were there already.

    Raises:
        CannotImport: The file is damaged, or a later version wrote it; nothing of it is kept.
        StoreError: The database can't be written.
    """
    try:
        with path.open(encoding="utf-8-sig") as file, database.writing() as session:
            return _take_in(session, Pieces(file))
    except OSError as error:
        why = f"it can't be read ({(error.strerror or '').lower()})"
        raise CannotImport(path, why) from None
    except Damaged:
        raise CannotImport(path, "it is damaged, or no JSON at all") from None
    except Misfit as error:
        raise CannotImport(path, str(error)) from None


def _take_in(session: Session, pieces: Pieces) -> dict[str, tuple[int, int]]:
    learner = answers.the_learner(session)
    known = {table.name: table for table in TABLES}
    found: dict[str, tuple[int, int]] = {}
    seen: set[str] = set()
    for name in pieces.names():
        if name in seen or (name != "format" and "format" not in seen):
            raise Misfit("it is no export of `coursekit store export`")
        seen.add(name)
        if name == "format":
            _check_format(pieces.value())
        elif name == "name":
            theirs = _name(pieces.value())
            learner.name = learner.name or theirs
        elif name in known:
            found[name] = _add(session, known[name], pieces, learner.id)
        else:
            raise Misfit(f"it is damaged: there is no table {rows.shortened(name)}")
    if missing := {"format", "name", *known} - seen - LATER:
        raise Misfit(f"it is damaged: it has no {min(missing)}")
    return found


def _check_format(found: Any) -> None:
    if type(found) is int and found > FORMAT:
        raise Misfit("a later version of coursekit wrote it, so install that one first")
    if type(found) is not int or found != FORMAT:
        raise Misfit("its format is none that there is")


def _name(found: Any) -> str:
    if found == "":
        return ""
    try:
        return naming.checked(found if isinstance(found, str) else "")
    except naming.NoName:
        raise Misfit("it is damaged: the name in it is none") from None


def _add(session: Session, table: Table, pieces: Pieces, me: str) -> tuple[int, int]:
    """Adds the rows of a table that are not there yet."""
    insert = INSERTS[session.get_bind().dialect.name](table).on_conflict_do_nothing()
    columns = {column.name: column for column in _columns(table)}
    mine = select(func.count()).select_from(table).where(table.c[OWNER] == me)
    before, read = session.scalars(mine).one(), 0
    items = pieces.items()
    while batch := list(islice(items, AT_ONCE)):
        made = [{OWNER: me, **rows.checked(table.name, columns, it)} for it in batch]
        session.execute(insert, made)
        read += len(batch)
    added = session.scalars(mine).one() - before
    return added, read - added
