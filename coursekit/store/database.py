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
NAMED = "that COURSEKIT_DB names"
"""What a database is called whose address can't be shown: it may have a password anywhere."""

NO_ADDRESS = (
    "that is no address such as sqlite:////folder/file.db or postgresql+psycopg://host/name"
)


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
        """What to call it."""
        return called(self.url)

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
    except (ArgumentError, ValueError):  # the latter where the port is no number
        raise CannotOpen(NAMED, NO_ADDRESS) from None


def called(url: URL) -> str:
    """What to call a database: a file by its path, another without user, password and options.

    One whose password has an @ is read wrongly, with a part of the password for the host.
    """
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    words = f"{url.database} on {url.host or 'this machine'}"
    return NAMED if "@" in words else words


def patience(url: URL, wait: float) -> dict[str, int]:
    """How long to wait for a server that does not answer, unless the address says that."""
    if url.get_backend_name() != "postgresql" or "connect_timeout" in url.query:
        return {}
    ours = url.get_driver_name().startswith("psycopg")  # others would refuse the word
    return {"connect_timeout": max(2, round(wait))} if ours else {}


def engine_of(url: URL, wait: float) -> Engine:
    """The engine, set up for many processes that write a little each.

    Raises:
        CannotOpen: The driver is not installed, or the address is none.
    """
    try:
        if url.get_backend_name() == "sqlite":
            return sqlite_engine(url, wait)
        return create_engine(url, pool_pre_ping=True, connect_args=patience(url, wait))
    except (ImportError, NoSuchModuleError):
        raise CannotOpen(called(url), "its driver is not installed") from None
    except ArgumentError:
        raise CannotOpen(NAMED, NO_ADDRESS) from None
