"""An SQLite file, set up so that what is kept is on the disk."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
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
    file = Path(url.database or "")
    waits = {True: wait, False: min(wait, READS)}

    def begin(connection: Connection) -> None:
        """Begins a transaction; one that will write takes its turn now, or two could wait."""
        writes = bool(connection.get_execution_options().get("coursekit_write"))
        connection.exec_driver_sql(f"PRAGMA busy_timeout={round(waits[writes] * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def connect(_: object, record: Any, args: Any, options: dict[str, Any]) -> Any:
        """Opens a file that nobody can change now as one that nobody changes."""
        record.info["frozen"] = is_frozen(file)
        if not record.info["frozen"]:
            return None
        return sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True, **options)

    event.listen(made, "do_connect", connect)
    event.listen(made, "connect", prepare)
    event.listen(made, "begin", begin)
    event.listen(made, "checkin", thaw)
    return made


def is_frozen(file: Path) -> bool:
    """Whether a file can't be changed, since its folder can't be written, and has no journal.

    Else SQLite could not read it: beside a file with a journal it has to make two more.
    """
    if not file.is_file() or os.access(file.parent, os.W_OK):
        return False
    return not file.with_name(f"{file.name}-wal").exists()


def thaw(_: object, record: Any) -> None:
    """Lets go of a file that was opened as unchangeable: it may be changed from now on."""
    if record.info.get("frozen"):
        record.invalidate()


def prepare(connection: Any, _: object) -> None:
    """Sets a connection up: references are checked, and a commit waits for the disk.

    `begin` begins transactions, not the driver, which would do so only at the first write.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
