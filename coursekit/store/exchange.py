"""All that is kept about a learner as one JSON file, to keep or to take to another machine.

No learner's id is in the file, but a mark of it: whoever imports the file becomes the one whose it
is. Rows are written and read one at a time, so that there may be any number of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from coursekit.core import paths
from coursekit.core.errors import CourseError, unwritten
from coursekit.store import answers, done, me, naming, rows
from coursekit.store.database import Database
from coursekit.store.done import NOTHING
from coursekit.store.exported import FORMAT, OWNER, TABLES, CannotImport, columns_of, parts_of
from coursekit.store.tables import Stretch

AT_ONCE = 1000
"""Rows that are read or written together."""

INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class CannotExport(CourseError):
    """The file can't be written."""

    def __init__(self, path: Path, error: OSError) -> None:
        why = unwritten(error)
        super().__init__(f"{path} can't be written ({why}).")


class DeedsLeftOut(CourseError):
    """The rows of a file were taken in, and what was done can't be kept."""

    def __init__(self, error: OSError) -> None:
        why = unwritten(error)
        super().__init__(
            f"The results were taken in; what was done could not be written in {paths.home()} "
            f"({why}). Import the file once more."
        )


def export(database: Database, path: Path) -> dict[str, int]:
    """Writes all that is kept about whoever learns here.

    Returns:
        How many rows of each table, and how many deeds.

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
    id, did = answers.learner_id(session), done.here()
    begin = {"format": FORMAT, "learner": me.mark(id or ""), "name": naming.name_of(session)}
    begin |= {"done": did.as_json()}
    file.write("{" + ",\n".join(f'"{name}": {json.dumps(it)}' for name, it in begin.items()))
    counts = {}
    for table in TABLES.values():
        file.write(f',\n"{table.name}": [')
        n = 0
        for n, row in enumerate(_rows_of(session, table, id), 1):
            file.write(f"{',' if n > 1 else ''}\n{json.dumps(row)}")
        counts[table.name] = n
        file.write("\n]")
    file.write("\n}\n")
    return {**counts, "deeds": len(did.deeds)}


def _rows_of(session: Session, table: Table, id: str | None) -> Iterator[dict[str, Any]]:
    mine = select(*columns_of(table)).where(table.c[OWNER] == id).order_by(*table.primary_key)
    for row in session.execute(mine, execution_options={"yield_per": AT_ONCE}):
        yield {name: rows.as_json(value) for name, value in row._mapping.items()}


def read_in(database: Database, path: Path) -> dict[str, tuple[int, int]]:
    """Takes in what `export` wrote: what is there already stays as it is.

    Only a time that a machine was on lasts as long as the longer of both that began at one moment.
    A name is taken where there is none yet; of two times that something was done first, the earlier
    one.

    Returns:
        For each table, and for the deeds, how many were added, and how many were there already.

    Raises:
        CannotImport: The file is damaged, a later version wrote it, or the home can't be written;
            nothing of it is kept.
        StoreError: The database can't be written; nothing of the file is kept.
        DeedsLeftOut: The rows are kept, and at least one of the deeds is not.
    """
    with parts_of(path) as parts, database.writing() as session:
        learner = answers.the_learner(session)
        if me.kept() != learner.id:
            raise CannotImport(path, f"{paths.home()} can't be written")
        found, did = {}, NOTHING
        for name, part in parts:
            if name in TABLES:
                found[name] = _add(session, TABLES[name], part, learner.id)
            elif name == "name":
                learner.name = learner.name or part
            elif name == "done":
                did = part
    try:  # after the rows are kept, as no transaction takes files back
        return {**found, "deeds": did.merge()}
    except OSError as error:
        raise DeedsLeftOut(error) from None


def _add(
    session: Session, table: Table, items: Iterator[dict[str, Any]], id: str
) -> tuple[int, int]:
    """Adds the rows of a table that are not there yet."""
    insert = _insert(session, table)
    mine = select(func.count()).select_from(table).where(table.c[OWNER] == id)
    before, read = session.scalars(mine).one(), 0
    while batch := list(islice(items, AT_ONCE)):
        session.execute(insert, [{OWNER: id, **it} for it in batch])
        read += len(batch)
    added = session.scalars(mine).one() - before
    return added, read - added


def _insert(session: Session, table: Table) -> Any:
    """What adds a row, unless it is there; a time that a machine was on grows from its begin."""
    insert = INSERTS[session.get_bind().dialect.name](table)
    if table.name != Stretch.__tablename__:
        return insert.on_conflict_do_nothing()
    ended = insert.excluded.ended
    longer = ended > table.c.ended
    key = [column.name for column in table.primary_key]
    return insert.on_conflict_do_update(index_elements=key, set_={"ended": ended}, where=longer)
