"""All that is kept about a learner, as a file and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError
from support_exchange import NOON, a_row, everything, fill, one_each

from coursekit.core import deeds, paths
from coursekit.store import answers, exchange, exported, me, stretches
from coursekit.store.database import Database
from coursekit.store.errors import StoreError
from coursekit.store.exchange import CannotExport, DeedsLeftOut
from coursekit.store.exported import CannotImport
from coursekit.store.tables import Attempt, Base, Learner, Run

Move = Callable[[], None]


def test_every_table_that_belongs_to_a_learner_is_exported() -> None:
    owned = {table for table in Base.metadata.tables.values() if "learner_id" in table.c}
    assert owned == set(exported.TABLES.values())
    assert set(Base.metadata.tables) - {it.name for it in owned} == {"learners", "tallies"}


def test_all_moves_to_another_machine_and_belongs_to_its_learner(
    database: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    before = one_each(database)
    with database.writing() as session:
        answers.the_learner(session, "Ada")
        session.add(Learner(id="bob"))
        session.flush()
        session.add(Attempt(**a_row(Attempt), learner_id="bob"))
    file = tmp_path / "store.json"
    deeds.note("trained")
    counts = {"attempts": 3, "places": 1, "cards": 2, "runs": 2, "stretches": 1, "deeds": 1}
    assert exchange.export(database, file) == counts
    assert before not in file.read_text()
    elsewhere()
    assert exchange.read_in(other, file) == {name: (n, 0) for name, n in counts.items()}
    with other.reading() as session:
        learner = answers.learner_id(session)
        assert learner
        assert learner != before
        assert {it.learner_id for it in session.scalars(select(Attempt))} == {learner}
        assert session.get_one(Learner, learner).name == "Ada"
    again = tmp_path / "again.json"
    exchange.export(other, again)
    assert without_mark(again) == without_mark(file)
    assert deeds.when("trained")


def without_mark(file: Path) -> dict[str, Any]:
    """What a file has but whose it is."""
    found = json.loads(file.read_text())
    assert len(found.pop("learner")) == 32
    return dict(found)


def test_all_comes_back_from_a_file_into_either_database(
    database: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    one_each(other)
    exchange.export(other, tmp_path / "store.json")
    elsewhere()
    exchange.read_in(database, tmp_path / "store.json")
    assert everything(database) == everything(other)


def test_a_second_import_changes_nothing(database: Database, tmp_path: Path) -> None:
    one_each(database)
    file = tmp_path / "store.json"
    counts = exchange.export(database, file)
    before = everything(database)
    for _ in range(2):
        assert exchange.read_in(database, file) == {name: (0, n) for name, n in counts.items()}
    assert everything(database) == before


def test_what_is_there_stays_and_what_is_not_is_added(database: Database, tmp_path: Path) -> None:
    learner = one_each(database)
    with database.writing() as session:
        answers.the_learner(session, "Ada")
    file = tmp_path / "store.json"
    exchange.export(database, file)
    with database.writing() as session:
        answers.keep_place(session, learner, "lesson-1", {"at": "later"})
        answers.the_learner(session, "Eve")
        session.execute(text("DELETE FROM cards WHERE question = 'split'"))
    fill(database, attempts=[a_row(Attempt)])
    assert exchange.read_in(database, file)["cards"] == (1, 1)
    with database.reading() as session:
        assert answers.place(session, learner, "lesson-1") == {"at": "later"}
        assert session.get_one(Learner, learner).name == "Eve"
    assert len(everything(database)["attempts"]) == 4


def test_a_time_that_went_on_since_an_earlier_import_is_as_long_as_it_was(
    database: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    nine, day, files = NOON.replace(hour=9), timedelta(days=1), []
    for ended in (NOON, NOON + timedelta(hours=6)):
        with other.writing() as session:
            stretches.see(session, answers.the_learner(session).id, "m" * 32, nine, ended)
        files.append(tmp_path / f"{ended:%H}.json")
        exchange.export(other, files[-1])
    elsewhere()
    before, after, again = (
        exchange.read_in(database, it)["stretches"] for it in (*files, files[0])
    )
    assert (before, after, again) == ((1, 0), (0, 1), (0, 1))
    with database.reading() as session:
        id = answers.the_learner(session).id
        on = stretches.seen(session, id, "m" * 32, nine - day, nine + day)
    assert on == NOON + timedelta(hours=6) - nine


def test_two_homes_of_one_database_do_not_take_each_others_rows(
    database: Database, elsewhere: Move, tmp_path: Path
) -> None:
    first = one_each(database)
    exchange.export(database, tmp_path / "store.json")
    elsewhere()
    added = exchange.read_in(database, tmp_path / "store.json")
    assert (added["attempts"], added["runs"], added["cards"]) == ((0, 3), (0, 2), (2, 0))
    with database.reading() as session:
        assert {it.learner_id for it in session.scalars(select(Attempt))} == {first}


def test_whoever_has_nothing_exports_nothing_and_is_not_made_a_learner(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "store.json"
    assert set(exchange.export(database, file).values()) == {0}
    assert json.loads(file.read_text())["learner"] == ""
    assert me.kept() == ""
    assert exchange.read_in(database, file)["runs"] == (0, 0)


def test_a_file_of_the_first_format_has_neither_deeds_nor_stretches_and_is_taken_in(
    database: Database, tmp_path: Path
) -> None:
    one_each(database)
    file = tmp_path / "store.json"
    exchange.export(database, file)
    older = without_mark(file) | {"format": 1}
    assert older.pop("done")
    assert older.pop("stretches")
    file.write_text(json.dumps(older))
    deeds.note("trained")
    assert exchange.read_in(database, file)["deeds"] == (0, 0)
    assert deeds.when("trained")


def test_into_a_home_that_cannot_be_written_nothing_is_taken_as_it_would_be_nobodys(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_each(database)
    file = tmp_path / "store.json"
    exchange.export(database, file)
    before = everything(database)
    (tmp_path / "blocked").touch()
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "blocked" / "home"))
    with pytest.raises(CannotImport, match="home can't be written"):
        exchange.read_in(database, file)
    assert everything(database) == before
    with database.reading() as session:
        assert len(session.scalars(select(Learner)).all()) == 1


def test_where_deeds_cannot_be_written_rows_are_taken_in_and_the_file_once_more(
    sqlite: Database, other: Database, elsewhere: Move, home: Path, tmp_path: Path
) -> None:
    one_each(sqlite)
    deeds.note("trained")
    file = tmp_path / "store.json"
    exchange.export(sqlite, file)
    elsewhere()
    blocked = paths.folder("state") / "deeds"
    blocked.touch()  # no folder can be made here
    with pytest.raises(DeedsLeftOut, match=r"were taken in; .*\(file exists\)\. Import the file"):
        exchange.read_in(other, file)
    assert everything(other) == everything(sqlite)
    blocked.unlink()
    assert exchange.read_in(other, file)["deeds"] == (1, 0)
    assert deeds.when("trained")
    assert everything(other) == everything(sqlite)


def test_where_rows_cannot_be_kept_no_deed_is(
    sqlite: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    one_each(sqlite)
    deeds.note("trained")
    file = tmp_path / "store.json"
    exchange.export(sqlite, file)
    elsewhere()
    other.ready()
    with other.writing() as session:
        answers.the_learner(session)

    def full(_: object) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))

    event.listen(other.engine, "commit", full)
    with pytest.raises(StoreError):
        exchange.read_in(other, file)
    event.remove(other.engine, "commit", full)
    assert deeds.when("trained") is None
    assert not any(everything(other).values())


def test_numbers_that_are_none_leave_as_nothing(sqlite: Database, tmp_path: Path) -> None:
    fill(sqlite, runs=[a_row(Run, recipe={"lr": [float("nan"), {"a": float("inf")}]})])
    file = tmp_path / "store.json"
    exchange.export(sqlite, file)
    assert json.loads(file.read_text())["runs"][0]["recipe"] == {"lr": [None, {"a": None}]}


def test_files_that_cannot_be_read_or_written_are_a_sentence(
    sqlite: Database, tmp_path: Path
) -> None:
    with pytest.raises(CannotImport, match=r"it can't be read \(no such file"):
        exchange.read_in(sqlite, tmp_path / "gone.json")
    (tmp_path / "latin.json").write_bytes(b'{"format": 1, "name": "\xe4"}')
    with pytest.raises(CannotImport, match="damaged"):
        exchange.read_in(sqlite, tmp_path / "latin.json")
    for path in (tmp_path, tmp_path / "gone" / "x.json"):
        with pytest.raises(CannotExport, match=r"can't be written \("):
            exchange.export(sqlite, path)
    assert [it.name for it in tmp_path.iterdir() if it.name.startswith(".")] == []
