"""A cache on disk for what a frozen body says of an item; losing it costs time, nothing else."""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coursekit.core import paths

Array = NDArray[np.float32]

LIMIT = 2 * 1024**3
"""Bytes on disk; past them the longest unused go first."""

_TABLE = """CREATE TABLE IF NOT EXISTS feature
    (key TEXT PRIMARY KEY, shape TEXT, data BLOB, checksum INTEGER, used REAL) WITHOUT ROWID"""
_INDEX = "CREATE INDEX IF NOT EXISTS feature_used ON feature (used)"


class FeatureStore:
    """Arrays by key in one SQLite file that several processes may use at once.

    A file that is damaged, locked for long or not writable is treated as an empty cache; a damaged
    one is made anew. Rows carry a checksum, and one that fails it is as good as absent.

    Args:
        path: Default: `cache/features.db` in the home folder.
        limit: The size in bytes that the file is kept under.
    """

    def __init__(self, path: Path | None = None, limit: int = LIMIT) -> None:
        self.path, self.limit = path, limit

    def get(self, keys: Iterable[str]) -> dict[str, Array]:
        """Those of the keys that are there."""
        found: dict[str, Array] = {}
        with suppress(OSError, sqlite3.Error), self._open() as database:
            for chunk in _chunks(list(dict.fromkeys(keys)), 500):
                marks = ",".join("?" * len(chunk))
                query = f"SELECT key, shape, data, checksum FROM feature WHERE key IN ({marks})"  # noqa: S608 - only question marks
                for key, shape, data, checksum in database.execute(query, chunk):
                    if _checksum(shape, data) == checksum:
                        sizes = [int(size) for size in shape.split()]
                        found[key] = np.frombuffer(data, np.float32).reshape(sizes)
            used = [(time.time(), key) for key in found]
            database.executemany("UPDATE feature SET used = ? WHERE key = ?", used)
        return found

    def put(self, arrays: Mapping[str, Array]) -> None:
        """Keeps arrays of float32, and drops the longest unused where the file grows too large."""
        rows = [(key, *_row(array), time.time()) for key, array in arrays.items()]
        with suppress(OSError, sqlite3.Error), self._open() as database:
            database.executemany("INSERT OR REPLACE INTO feature VALUES (?, ?, ?, ?, ?)", rows)
            self._shrink(database)

    def _shrink(self, database: sqlite3.Connection) -> None:
        oldest = """DELETE FROM feature WHERE key IN (SELECT key FROM feature ORDER BY used
            LIMIT 1 + (SELECT COUNT(*) FROM feature) / 10)"""
        while _size(database) > self.limit and database.execute(oldest).rowcount > 0:
            pass

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        path = self.path or paths.folder("cache") / "features.db"
        try:
            database = _connect(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # not a database, or a damaged one
            _remove(path)
            database = _connect(path)
        with closing(database):
            try:
                with database:
                    yield database
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                _remove(path)
                raise


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=10)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")  # a cache may be lost with the power
        database.execute(_TABLE)
        database.execute(_INDEX)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _size(database: sqlite3.Connection) -> int:
    counts = ("page_count", "freelist_count", "page_size")
    pages, free, size = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in counts)
    return int((pages - free) * size)


def _row(array: Array) -> tuple[str, bytes, int]:
    data = array.astype(np.float32, copy=False).tobytes()
    shape = " ".join(map(str, array.shape))
    return shape, data, _checksum(shape, data)


def _checksum(shape: str, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(shape.encode()))


def _chunks(keys: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
