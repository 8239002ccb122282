"""Older and newer databases, by several at once and on disks that fail."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from support_disks import disk_of, fill, remount

from coursekit.store import forgetting, upgrade
from coursekit.store.database import Database
from coursekit.store.errors import CannotCopy, CannotOpen, NewerDatabase

READY = """
import sys, time
from pathlib import Path
from coursekit.store import answers, upgrade
from coursekit.store.database import Database
import alembic.command
database = Database(sys.argv[1])
print("there", flush=True)
sys.stdin.readline()
with database.reading() as session:
    print(answers.place(session, "x", "lesson-1"), upgrade.form(session.connection()))
"""


def older(database: Database, more: int = 0) -> None:
    """Makes a database of the first form, with a learner who is somewhere, and so often more."""
    if database.is_sqlite:
        Path(str(database.url.database)).parent.mkdir(exist_ok=True)
    upgrade.migrate(database, "0001")
    place = "INSERT INTO places VALUES ('x', :lesson, '{\"at\": 1}', '2026-05-04')"
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO learners (id, name) VALUES ('x', 'Ada')"))
        for number in range(1, 2 + more):
            connection.execute(text(place), {"lesson": f"lesson-{number}"})


def test_processes_that_open_an_older_database_at_once_change_it_once(
    database: Database,
) -> None:
    older(database)
    database.close()
    url = database.url.render_as_string(hide_password=False)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    several = [
        subprocess.Popen([sys.executable, "-c", READY, url], text=True, **pipes) for _ in range(3)
    ]  # type: ignore[call-overload]
    assert [it.stdout.readline() for it in several] == ["there\n"] * 3
    for it in several:
        it.stdin.write("\n")
        it.stdin.flush()
    said = [it.communicate(timeout=60) for it in several]
    assert said == [(f"{{'at': 1}} {upgrade.HEAD}\n", "")] * 3
    if database.is_sqlite:
        assert len(copies(database)) == 1


def copies(database: Database) -> list[str]:
    """The copies beside a database, and what was begun of one."""
    names = [it.name for it in Path(str(database.url.database)).parent.iterdir()]
    return [name for name in names if name.startswith(("coursekit-", "."))]


def test_a_newer_database_is_refused_and_left_as_it_is(database: Database) -> None:
    database.ready()
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    again = Database(database.url.render_as_string(hide_password=False))
    with pytest.raises(NewerDatabase, match=r"made by a later version .* 9999") as error:
        again.ready()
    assert "boss" not in str(error.value)
    with pytest.raises(NewerDatabase):
        forgetting.erase(again)
    again.close()
    if database.is_sqlite:
        assert copies(database) == []


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    with disk_of(tmp_path / "disk", "1m") as place:
        yield place


def test_where_the_copy_does_not_fit_the_database_stays_as_it_was(small: Path) -> None:
    database = Database(f"sqlite:///{small / 'home' / 'coursekit.db'}")
    older(database, more=2000)
    database.close()
    before = (small / "home" / "coursekit.db").read_bytes()
    filler = fill(small, 100_000)
    with pytest.raises(CannotCopy, match=r"can't be written \(the disk is full\). It is as it was"):
        database.ready()
    assert (small / "home" / "coursekit.db").read_bytes() == before
    assert copies(database) == []
    filler.unlink()
    database.ready()
    assert inspect(database.engine).has_table("runs")
    assert [name[:15] for name in copies(database)] == ["coursekit-0001-"]
    database.close()


def test_where_the_change_does_not_fit_the_database_stays_as_it_was(small: Path) -> None:
    database = Database(f"sqlite:///{small / 'home' / 'coursekit.db'}")
    older(database)
    database.close()
    size = (small / "home" / "coursekit.db").stat().st_size
    filler = fill(small, size + 75_000)  # for the copy, but not for all of the journal
    with pytest.raises(CannotOpen, match="the disk is full"):
        database.ready()
    filler.unlink()
    with database.engine.connect() as connection:
        assert upgrade.form(connection) == "0001"
    database.ready()
    with database.engine.connect() as connection:
        assert upgrade.form(connection) == upgrade.HEAD
    database.close()


def test_an_older_database_that_may_only_be_read_is_told_so(small: Path) -> None:
    database = Database(f"sqlite:///{small / 'home' / 'coursekit.db'}")
    older(database)
    database.close()
    remount(small, "ro")
    with pytest.raises(CannotOpen, match="it may only be read"):
        database.ready()
    remount(small, "rw")
    database.ready()
    database.close()
