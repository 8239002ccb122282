"""The board, in both kinds of database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from coursekit import scores
from coursekit.scores import board
from coursekit.scores.adding import catch_up, keep, put, take_off
from coursekit.scores.board import Place
from coursekit.scores.entry import Entry
from coursekit.scores.folder import ENTRY
from coursekit.store import answers
from coursekit.store import database as stores
from coursekit.store.database import Database
from coursekit.store.errors import CannotWrite
from coursekit.store.tables import Learner, Run

Made = Callable[..., Entry]


def rows(database: Database, task: str = "pets", **options: int) -> list[board.Row]:
    with database.reading() as session:
        return board.top(session, task, **options)


def names(found: list[board.Row]) -> list[str]:
    return [row.run.name for row in found]


def test_the_lowest_error_rate_comes_first_and_the_older_of_equal_ones(
    database: Database, entry: Made
) -> None:
    for name, wrong in (("worse", 30), ("first", 2), ("second", 2)):
        put(entry(name=name, wrong=wrong), database)
    put(entry(task="digits", wrong=0), database)
    assert names(rows(database)) == ["first", "second", "worse"]
    with database.reading() as session:
        assert board.tasks(session) == [("pets", 3), ("digits", 1)]
        assert board.size(session, "pets") == 3


def test_what_the_intervals_cannot_tell_apart_shares_its_places(
    database: Database, entry: Made
) -> None:
    for wrong in (2, 4, 30, 33, 85):
        put(entry(wrong=wrong), database)
    places = [str(row.place) for row in rows(database)]
    assert places == ["1 to 2", "1 to 2", "3 to 4", "3 to 4", "5"]
    assert [row.place.tied for row in rows(database)] == [True] * 4 + [False]


def test_a_row_may_overlap_with_neighbours_on_both_sides(database: Database, entry: Made) -> None:
    """2 of 90 and 16 of 90 are told apart; 7 of 90 is told apart from neither."""
    for wrong in (2, 7, 16):
        put(entry(wrong=wrong), database)
    assert [row.place for row in rows(database)] == [Place(1, 2), Place(1, 3), Place(2, 3)]


def test_few_items_tell_little(database: Database, entry: Made) -> None:
    put(entry(wrong=0, judged=5), database)
    put(entry(wrong=20, judged=90), database)
    assert [row.place for row in rows(database)] == [Place(1, 2)] * 2


def test_the_board_goes_on_page_by_page(database: Database, entry: Made) -> None:
    for wrong in (9, 3, 6, 3, 80):
        put(entry(wrong=wrong), database)
    whole = rows(database)
    with database.reading() as session:
        first = board.top(session, "pets", 2)
        second = board.top(session, "pets", 2, after=first[-1].run)
        third = board.top(session, "pets", 2, after=second[-1].run)
        assert board.top(session, "pets", 2, after=third[-1].run) == []
    paged = [*first, *second, *third]
    assert [row.run.id for row in paged] == [row.run.id for row in whole]
    assert [row.place for row in paged] == [row.place for row in whole]


def test_my_best_is_no_baseline_and_nobody_elses(database: Database, entry: Made) -> None:
    put(entry(kind="baseline", wrong=0), database)
    put(entry(name="mine", wrong=10), database)
    put(entry(name="worse", wrong=12), database)
    with database.writing() as session:
        session.add(Learner(id="bob", name="Bob"))
        session.flush()
        board.put(session, "bob", entry(name="his", wrong=80))
    with database.reading() as session:
        me = answers.learner_id(session)
        assert me
        best = board.best_of(session, me, "pets")
        assert best
        assert (best.run.name, best.place) == ("mine", Place(2, 3))
        assert board.best_of(session, me, "nothing") is None
        his = board.best_of(session, "bob", "pets")
        assert his
        assert (his.learner, his.place) == ("Bob", Place(4, 4))


def test_an_entry_is_replaced_and_taken_off(database: Database, entry: Made, home: Path) -> None:
    it = entry(name="a")
    put(it, database)
    put(entry(id=it.id, name="b"), database)
    assert names(rows(database)) == ["b"]
    take_off(it.id, database)
    assert rows(database) == []
    assert (home / "runs" / it.id / "recipe.json").exists()


def test_a_database_that_was_lost_is_made_again_from_the_folders(
    sqlite: Database, file: Path, entry: Made
) -> None:
    for wrong in (3, 5):
        put(entry(wrong=wrong), sqlite)
    before = [vars(row.run) for row in rows(sqlite)]
    sqlite.close()
    for left in file.parent.glob("coursekit.db*"):
        left.unlink()
    again = Database(f"sqlite:///{file}")
    assert catch_up(again) == 2
    assert catch_up(again) == 0
    after = [vars(row.run) for row in rows(again)]
    for one, other in zip(before, after, strict=True):
        one.pop("_sa_instance_state")
        other.pop("_sa_instance_state")
    assert before == after
    again.close()


def test_an_entry_that_could_not_be_kept_is_on_the_board_later(
    sqlite: Database, entry: Made, home: Path
) -> None:
    keep(entry(name="waited"))
    damaged = home / "runs" / "x"
    damaged.mkdir()
    (damaged / ENTRY).write_text("{")
    assert catch_up(sqlite) == 1
    assert names(rows(sqlite)) == ["waited"]


def test_a_run_is_added_by_its_folder_and_says_where_it_stands(
    run_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, sqlite: Database
) -> None:
    monkeypatch.setenv("COURSEKIT_DB", str(sqlite.url))
    first = scores.add(run_folder(), name="first")
    assert repr(first) == (
        "first: error rate 4.4 % (1.7 % to 10.9 %) on 90 validation items. Place 1 of 1."
    )
    second = scores.add(run_folder(metrics={"error_rate": 6 / 90}, used_for_choosing=True), "next")
    assert repr(second).endswith(
        "on 90 validation items that also chose it. Place 1 to 2 of 2, which are not told apart."
    )
    stores.database().close()


def test_a_home_that_cannot_be_written_is_a_sentence(
    entry: Made, home: Path, monkeypatch: pytest.MonkeyPatch, sqlite: Database
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("COURSEKIT_HOME", str(home / "file" / "no"))
    with pytest.raises(CannotWrite, match="could not be kept"):
        put(entry(), sqlite)


def test_rows_are_counted_whatever_changes_them(database: Database, entry: Made) -> None:
    def tallies() -> list[tuple[str, int]]:
        with database.reading() as session:
            return board.tasks(session)

    it = entry()
    for _ in range(2):
        put(it, database)
    put(entry(), database)
    assert tallies() == [("pets", 2)]
    put(entry(id=it.id, task="digits"), database)
    assert tallies() == [("digits", 1), ("pets", 1)]
    put(entry(id=it.id, task="digits", wrong=9), database)
    assert tallies() == [("digits", 1), ("pets", 1)]
    with database.writing() as session:
        answers.forget(session, answers.the_learner(session).id)
    assert tallies() == []
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM tallies")).scalar() == 0


MANY = 20_000


@pytest.fixture
def full(database: Database, entry: Made) -> Database:
    """A board with many rows."""
    it = entry()
    about = {k: v for k, v in vars(it).items() if k not in ("id", "wrong")} | {"learner_id": "ada"}
    about |= {"recipe": {}, "about": {}}
    rates = [(n * 7919 % MANY) / MANY for n in range(MANY)]
    made = [
        {**about, "id": f"{n:026}", "error_rate": r, "low": r - 0.001, "high": r + 0.001}
        for n, r in enumerate(rates)
    ]
    with database.writing() as session:
        session.add(Learner(id="ada"))
        session.flush()
        session.execute(insert(Run), made)
    if not database.is_sqlite:
        with database.writing() as session:
            session.execute(text("ANALYZE runs"))
    return database


def plan(session: Session, statement: str) -> str:
    """How the database would find it."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
    return "\n".join(str(row) for row in session.execute(text(f"{explain} {statement}")))


def test_the_board_is_found_by_its_indices(full: Database) -> None:
    of_task = "FROM runs WHERE task = 'pets'"
    with full.reading() as session:
        ordered = f"SELECT * {of_task} AND (error_rate, id) > (0.5, 'x') ORDER BY error_rate, id"
        found = plan(session, f"{ordered} LIMIT 50")
        assert "runs_of_a_task" in found
        assert "SORT" not in found.upper()
        assert "TEMP B-TREE" not in found
        tallies = plan(session, "SELECT low, high, n FROM tallies WHERE task = 'pets'")
        assert "SCAN TALLIES" not in tallies.upper()
        mine = "SELECT * FROM runs WHERE learner_id = 'ada' AND task = 'pets'"
        assert "runs_of" in plan(session, f"{mine} ORDER BY error_rate, id LIMIT 1")


def test_places_among_many_are_counted(full: Database) -> None:
    with full.reading() as session:
        top = board.top(session, "pets")
        assert [row.run.error_rate for row in top] == [n / MANY for n in range(50)]
        assert top[0].place == Place(1, 41)
        assert top[49].place == Place(10, 90)
        best = board.best_of(session, "ada", "pets")
        assert best
        assert best.place == top[0].place


def test_a_busy_database_takes_nothing_off_and_loses_no_entry(
    sqlite: Database, file: Path, entry: Made, home: Path
) -> None:
    it = entry()
    put(it, sqlite)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CannotWrite):
        take_off(it.id, sqlite)
    other.close()
    assert (home / "runs" / it.id / ENTRY).exists()
    take_off(it.id, sqlite)
    assert rows(sqlite) == []


@pytest.mark.parametrize(
    "wrong",
    [{"judged": 0}, {"wrong": 91}, {"wrong": "4"}, {"task": "x" * 201}, {"at": "2026-11-02"},
     {"about": []}, {"seed": "1"}],
)  # fmt: skip
def test_one_damaged_entry_does_not_keep_the_others_from_the_board(
    sqlite: Database, entry: Made, home: Path, wrong: dict[str, object]
) -> None:
    for name in ("good", "damaged"):
        keep(entry(name=name))
    for file_ in (home / "runs").glob(f"*/{ENTRY}"):
        said = json.loads(file_.read_text())
        if said["name"] == "damaged":
            file_.write_text(json.dumps(said | wrong))
    assert catch_up(sqlite) == 1
    assert names(rows(sqlite)) == ["good"]


def test_a_row_stays_whose_it_was(database: Database, entry: Made) -> None:
    with database.writing() as session:
        session.add(Learner(id="bob", name="Bob"))
        session.flush()
        board.put(session, "bob", entry(id="shared", kind="baseline"))
    put(entry(id="shared", kind="baseline", wrong=5), database)
    (row,) = rows(database)
    assert (row.learner, row.run.error_rate) == ("Bob", 5 / 90)


def test_a_row_gives_the_entry_that_it_was_made_of(database: Database, entry: Made) -> None:
    it = entry(about={"a": 1}, chosen=True)
    put(it, database)
    assert board.entry_of(rows(database)[0].run) == it
