"""One database: opened, brought up to date, read and written in short transactions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from coursekit.core import paths
from coursekit.store.errors import NO_LOCKS, CannotOpen, CannotWrite, why
from coursekit.store.locks import AS_WITHOUT_LOCKS, can_lock
from coursekit.store.sqlite import sqlite_engine
from coursekit.store.turn import turn

WAIT = 10.0
"""Seconds to wait for another process that writes to an SQLite file."""

TURN = 5.0
"""Of these, seconds to wait for one's place among processes of ours."""

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
        self._readied, self._wait = False, wait
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
            raise CannotOpen(self.where, self._lost(error)) from error
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
            raise CannotOpen(self.where, self._lost(error)) from error

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is kept when the block ends well, and leaves nothing else.

        Raises:
            CannotWrite: It can't be kept.
        """
        self.ready()
        try:
            with self._turn(), self.engine.connect() as connection:
                writes = connection.execution_options(coursekit_write=True)
                with Session(writes, expire_on_commit=False) as session, session.begin():
                    yield session
                connection.commit()
        except SQLAlchemyError as error:
            raise CannotWrite(self._lost(error)) from error

    def _turn(self) -> AbstractContextManager[None]:
        if self.is_sqlite and self.where not in ("", ":memory:"):
            return turn(Path(self.where), min(self._wait, TURN))
        return nullcontext()

    def _lost(self, error: Exception) -> str:
        """Why something failed."""
        self.engine.dispose()  # a connection to a file that was read-only then would never write
        words = why(error)
        if self.is_sqlite and words in AS_WITHOUT_LOCKS and not can_lock(Path(self.where).parent):
            return NO_LOCKS
        return words

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
        return sqlite_engine(url, wait)
    try:
        return create_engine(url, pool_pre_ping=True)
    except (ImportError, NoSuchModuleError):
        raise CannotOpen(url.render_as_string(), "its driver is not installed") from None
