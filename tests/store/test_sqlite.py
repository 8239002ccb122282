"""A file on a disk that may only be read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from support_disks import disk_of, remount
from support_exchange import a_row, everything, fill, one_each

from coursekit.store import exchange, forgetting
from coursekit.store.database import Database
from coursekit.store.errors import CannotOpen, CannotWrite
from coursekit.store.tables import Attempt


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk with the home folder on it."""
    with disk_of(tmp_path / "disk", "4m") as place:
        monkeypatch.setenv("COURSEKIT_HOME", str(place / "home"))
        yield place


def test_what_is_kept_can_be_read_and_exported_where_nothing_can_be_written(
    disk: Path, tmp_path: Path
) -> None:
    database = Database()
    learner = one_each(database)
    before = everything(database)
    database.close()
    remount(disk, "ro")
    again = Database()
    assert everything(again) == before
    exchange.export(again, tmp_path / "store.json")
    assert forgetting.kept(again).id == learner
    for change in (lambda: fill(again, attempts=[a_row(Attempt)]), lambda: forgetting.erase(again)):
        with pytest.raises(CannotWrite, match="it may only be read"):
            change()
    again.close()


def test_a_disk_that_can_be_written_again_is_read_as_it_is_then(disk: Path) -> None:
    first = Database()
    one_each(first)
    first.close()
    remount(disk, "ro")
    reader = Database()
    count = text("SELECT count(*) FROM attempts")
    with reader.reading() as session:
        assert session.scalar(count) == 3
    remount(disk, "rw")
    fill(first, attempts=[a_row(Attempt)])
    with reader.reading() as session:  # it does not go by what it saw when nothing could change
        assert session.scalar(count) == 4
    fill(reader, attempts=[a_row(Attempt)])
    with first.reading() as session:
        assert session.scalar(count) == 5
    for it in (first, reader):
        it.close()


def test_where_there_is_nothing_and_nothing_can_be_made_it_is_told(disk: Path) -> None:
    remount(disk, "ro")
    with pytest.raises(CannotOpen, match="it may only be read"):
        Database().ready()


def test_a_journal_that_somebody_was_killed_with_is_read_too(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the file itself is taken for unchangeable, never one whose changes are beside it."""
    writer = Database()
    one_each(writer)
    left = shutil.copytree(disk / "home", disk / "left")
    writer.close()
    assert (left / "coursekit.db-wal").stat().st_size
    monkeypatch.setenv("COURSEKIT_HOME", str(left))
    remount(disk, "ro")
    reader = Database()
    assert len(everything(reader)["attempts"]) == 3
    reader.close()
