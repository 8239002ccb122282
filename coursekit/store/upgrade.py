"""Brings a database up to date; an older SQLite file is copied first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock
from sqlalchemy import Connection, inspect, text

from coursekit.core import paths
from coursekit.store.errors import NO_LOCKS, CannotCopy, CannotOpen, NewerDatabase, why
from coursekit.store.locks import can_lock

if TYPE_CHECKING:
    from coursekit.store.database import Database

HEAD = "0005"
"""The form of the tables that this version reads: the last migration's name."""

LONGEST = 60.0
"""Seconds to wait for another process that upgrades."""

MIGRATIONS = Path(__file__).with_name("migrations")
VERSIONS = "alembic_version"


def upgrade(database: Database) -> None:
    """Makes the tables, or changes an older database's, unless they are as they should be.

    Raises:
        NewerDatabase: A later version made it.
    """
    if database.is_sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    with database.engine.connect() as connection:
        now = form(connection)
    if now == HEAD:  # the usual case, without Alembic's import
        return
    with alone(database):
        with database.engine.connect() as connection:
            now = form(connection)  # another process may have done it meanwhile
        if now == HEAD:
            return
        if now is not None and now not in known():
            raise NewerDatabase(database.where, now)
        if now is not None and database.is_sqlite:
            back_up(Path(str(database.url.database)), now)
        migrate(database)


def form(connection: Connection) -> str | None:
    """The name of the migration that came last; None for an empty database."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()  # noqa: S608
    return found


def known() -> set[str]:
    """The migrations that this version has."""
    return {file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py")}


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """One process at a time upgrades."""
    if database.is_sqlite and database.url.database:
        if not can_lock(Path(database.url.database).parent):
            raise CannotOpen(database.where, NO_LOCKS)
        with FileLock(f"{database.url.database}.lock", timeout=LONGEST):
            yield
        return
    with database.engine.connect() as connection:
        if not database.is_sqlite:  # held until this connection's transaction ends
            connection.execute(text("SELECT pg_advisory_xact_lock(20200115)"))
        yield


def back_up(file: Path, now: str) -> Path:
    """Copies an SQLite file as it is at this moment, whoever else has it open.

    Raises:
        CannotCopy: The copy can't be made, as where the disk is full; nothing of it is left.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = file.with_name(f"{file.stem}-{now}-{stamp}{file.suffix}")
    try:
        with (
            paths.replacing(copy) as part,
            closing(sqlite3.connect(file)) as source,
            closing(sqlite3.connect(part)) as target,
        ):
            source.backup(target)
    except (sqlite3.Error, OSError) as error:
        raise CannotCopy(str(file), why(error)) from error
    return copy


def migrate(database: Database, to: str = HEAD) -> None:
    """Runs the migrations that are missing up to `to`, all or none."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = database.engine.execution_options(coursekit_write=True)
    with engine.connect() as connection, ready_to_change(connection), connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, to)


@contextmanager
def ready_to_change(connection: Connection) -> Iterator[None]:
    """Readies an SQLite file, which does neither within a transaction.

    It is told once, for all times, that readers and a writer may be there together. And a table
    that is made anew, as it has no other way to change, must not take along what refers to it.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
