"""Databases to test with: a fresh SQLite file, and a real PostgreSQL server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_postgresql import fresh, programs, serving

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


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """A PostgreSQL server of the tests' own, by the folder of its socket."""
    if programs() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL was not found, and CI needs it.")
        pytest.skip("needs PostgreSQL")
    with serving() as folder:
        yield folder


@pytest.fixture
def postgresql(server: Path) -> Iterator[Database]:
    """A fresh database in the server."""
    database = Database(fresh(server))
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each kind of database in turn."""
    made: Database = request.getfixturevalue(request.param)
    return made
