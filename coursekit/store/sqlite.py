"""An SQLite file, set up so that what is kept is on the disk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

READS = 2.0
"""Seconds to wait for reading, which others hinder only where they recover or copy the file."""


def sqlite_engine(url: URL, wait: float) -> Engine:
    """An engine for a file.

    Args:
        url: Its address.
        wait: Seconds to wait for another process that writes.
    """
    made = create_engine(url, connect_args={"timeout": wait, "check_same_thread": False})
    waits = {True: wait, False: min(wait, READS)}

    def begin(connection: Connection) -> None:
        """Begins a transaction; one that will write takes its turn now, or two could wait."""
        writes = bool(connection.get_execution_options().get("coursekit_write"))
        connection.exec_driver_sql(f"PRAGMA busy_timeout={round(waits[writes] * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(made, "connect", prepare)
    event.listen(made, "begin", begin)
    return made


def prepare(connection: Any, _: object) -> None:
    """Sets a connection up: references are checked, and a commit waits for the disk.

    `begin` begins transactions, not the driver, which would do so only at the first write.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
