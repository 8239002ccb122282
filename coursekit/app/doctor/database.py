"""The database of answers and runs: whether it opens, is whole, and is of this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from coursekit.app.doctor.finding import Finding, broken, fine
from coursekit.core.wording import file_size
from coursekit.store.database import Database, patience
from coursekit.store.errors import NO_LOCKS, CannotOpen, why
from coursekit.store.locks import can_lock
from coursekit.store.sqlite import is_frozen
from coursekit.store.upgrade import HEAD, VERSIONS, form, known

SECONDS = 5
"""To wait for another program that writes, or for a server."""

BACK = (
    "Move it away and coursekit makes a new one. A copy may lie beside it (its name has a date), "
    "and what `coursekit store export` wrote can be read with `coursekit store import`."
)
NEW = "Nothing was kept yet: the database {where} is made with the first answer."


def findings() -> Iterator[Finding]:
    """What is said of the database. It is only read: not made, not upgraded."""
    try:
        database = Database()
    except CannotOpen as error:
        yield broken(
            f"What COURSEKIT_DB names can't be used: {error.why}.",
            "Correct it, or take it away to keep a file of your own.",
        )
        return
    if database.is_sqlite:
        yield from of_file(Path(database.where))
    else:
        yield from of_server(database)


def of_file(file: Path) -> Iterator[Finding]:
    """What is said of an SQLite file."""
    if not file.exists():
        yield fine(NEW.format(where=file))
        return
    if not can_lock(file.parent):
        yield broken(
            f"The database {file} can't be shared between notebooks: {NO_LOCKS}.",
            "Put it on a local disk: name a file there in COURSEKIT_DB.",
        )
    how = "immutable=1" if is_frozen(file) else "mode=ro"  # as coursekit itself opens it
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True)) as it:
            it.execute(f"PRAGMA busy_timeout={1000 * SECONDS}")
            (whole,) = it.execute("PRAGMA quick_check(1)").fetchone()
            revision = _revision(it)
    except sqlite3.Error as error:
        yield broken(f"The database {file} can't be read: {why(error)}.", BACK)
        return
    if whole != "ok":
        yield broken(f"The database {file} is damaged: {whole.splitlines()[0]}.", BACK)
        return
    yield of_form(str(file), revision, f" ({file_size(file.stat().st_size)})")
    yield from writable(file)


def _revision(connection: sqlite3.Connection) -> str | None:
    with suppress(sqlite3.OperationalError):  # an empty file has no tables
        row = connection.execute(f"SELECT version_num FROM {VERSIONS}").fetchone()  # noqa: S608
        return row[0] if row else None
    return None


def of_form(where: str, revision: str | None, size: str = "") -> Finding:
    """Whether this version of coursekit can use a database whose last migration was `revision`."""
    if revision is None:
        return fine(NEW.format(where=where))
    if revision == HEAD:
        return fine(f"The database {where}{size} is whole and of this version ({HEAD}).")
    if revision in known():
        return fine(
            f"The database {where}{size} is whole; it is of an earlier version ({revision}) and is "
            "brought up to date when it is used."
        )
    return broken(
        f"The database {where} was made by a later version of coursekit ({revision}).",
        "Install that version, or name another file in COURSEKIT_DB.",
    )


def writable(file: Path) -> Iterator[Finding]:
    """Whether it can be written; nothing is."""
    try:
        with closing(sqlite3.connect(file, timeout=SECONDS, isolation_level=None)) as it:
            it.execute("BEGIN IMMEDIATE")
            it.execute("CREATE TABLE doctor (trial)")  # a read-only file is known by this only
            it.execute("ROLLBACK")
    except sqlite3.Error as error:
        yield broken(
            f"The database {file} can't be written: {why(error)}.",
            "End other notebooks and programs that use coursekit; look at the owner of the file.",
        )


def of_server(database: Database) -> Iterator[Finding]:
    """What is said of a database server; its address is shown without name and password."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    where = database.where
    options = patience(database.url.difference_update_query(["connect_timeout"]), SECONDS)
    engine = create_engine(database.url, connect_args=options)
    try:
        with engine.connect() as connection:
            version = str(connection.scalar(text("SELECT version()"))).partition(" on ")[0]
            revision = form(connection)
    except SQLAlchemyError as error:
        yield broken(
            f"The database {where} can't be used: {why(error)}.",
            "Ask whoever runs it, or take COURSEKIT_DB away to keep a file of your own.",
        )
        return
    finally:
        engine.dispose()
    yield of_form(where, revision)
    yield fine(f"Its server answers: {version}.")
