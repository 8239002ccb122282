"""One database: opened, brought up to date, read and written in short transactions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from coursekit.core import paths
from coursekit.store.errors import CannotOpen, CannotWrite, why

WAIT = 10.0
"""Seconds to wait for another process that writes to an SQLite file."""

FILE = "coursekit.db"


class Database:
    """What is remembered.

    Args:
        url: Of an SQLite file or a PostgreSQL database; None: `COURSEKIT_DB`, else a file in the
            home folder. Missing tables are made, older ones brought up to date.

    Raises:
        CannotOpen: It can't be opened.
        NewerDatabase: A later version made it.
    """

    def __init__(self, url: str | None = None, wait: float = WAIT) -> None:
        self.url = address(url)
        self._readied = False
        self.engine = engine_of(self.url, wait)

    @property
    def where(self) -> str:
        """What to call it: no password."""
        return self.url.database or "" if self.is_sqlite else self.url.render_as_string()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.url.get_backend_name() == "sqlite"

    def ready(self) -> None:
        """Makes or upgrades the tables where that was not done yet."""
        if self._readied:
            return
        from coursekit.store.upgrade import upgrade

        try:
            upgrade(self)
        except (SQLAlchemyError, OSError) as error:
            raise CannotOpen(self.where, why(error)) from error
        self._readied = True

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state and changes nothing.

        Raises:
            CannotOpen: The database can't be read.
        """
        self.ready()
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                yield session
        except SQLAlchemyError as error:
            raise CannotOpen(self.where, why(error)) from error

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is kept when the block ends well, and leaves nothing else.

        Raises:
            CannotWrite: It can't be kept.
        """
        self.ready()
        try:
            with self.engine.connect().execution_options(coursekit_write=True) as connection:
                with Session(connection, expire_on_commit=False) as session, session.begin():
                    yield session
                connection.commit()
        except SQLAlchemyError as error:
            raise CannotWrite(why(error)) from error

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


def database() -> Database:
    """The one that panels and commands share."""
    return _opened(address().render_as_string(hide_password=False))


@cache
def _opened(url: str) -> Database:
    return Database(url)


def address(url: str | None = None) -> URL:
    """The database's address.

    Raises:
        CannotOpen: It is none.
    """
    given = url or os.environ.get("COURSEKIT_DB")
    if not given:
        return URL.create("sqlite", database=str(paths.home() / FILE))
    try:
        return make_url(given)
    except ArgumentError:
        raise CannotOpen(given, "COURSEKIT_DB names no address such as sqlite:///file") from None


def engine_of(url: URL, wait: float) -> Engine:
    """The engine, set up for many processes that write a little each.

    Raises:
        CannotOpen: The driver is not installed.
    """
    if url.get_backend_name() == "sqlite":
        made = create_engine(url, connect_args={"timeout": wait, "check_same_thread": False})
        event.listen(made, "connect", prepare)
        event.listen(made, "begin", begin)
        return made
    try:
        return create_engine(url, pool_pre_ping=True)
    except (ImportError, NoSuchModuleError):
        raise CannotOpen(url.render_as_string(), "its driver is not installed") from None


def prepare(connection: Any, _: object) -> None:
    """Sets an SQLite connection up: references are checked, what is kept is on the disk.

    `begin` begins transactions, not the driver, which would do so only at the first write.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def begin(connection: Connection) -> None:
    """Begins a transaction; one that will write waits for its turn at once, or two could wait."""
    writes = connection.get_execution_options().get("coursekit_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
