"""Another home, and the database of another machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ulid import ULID

from coursekit.store.database import Database


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Goes on as another home, as on another machine."""

    def move() -> None:
        monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / str(ULID())))

    return move


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """A database of another machine."""
    made = Database(f"sqlite:///{tmp_path / 'other.db'}")
    yield made
    made.close()
