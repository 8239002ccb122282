"""Databases to test with: a fresh SQLite file, and a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coursekit.store.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "coursekit.db"


@pytest.fixture
def sqlite(file: Path) -> Iterator[Database]:
    """A database in a fresh file."""
    database = Database(f"sqlite:///{file}", wait=0.2)
    yield database
    database.close()
