"""What is kept about a learner is gone when they want it gone."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from support_exchange import a_row

from coursekit.core import deeds
from coursekit.store import answers, forgetting, me, naming, upgrade
from coursekit.store.database import Database
from coursekit.store.errors import CannotWrite
from coursekit.store.tables import Attempt, Base, Card, Learner, Place, Run, Stretch

SECRET = "Ada-of-the-secret-name"
TOLD = "what-only-she-would-write"
NOON = datetime(2026, 5, 4, tzinfo=UTC)


def full(database: Database, name: str = SECRET) -> str:
    """Keeps a row of each table; says whose."""
    about = {"questionnaire": "lesson-1", "question": "label"}
    with database.writing() as session:
        learner = answers.the_learner(session, name).id
        mine = {"learner_id": learner}
        session.add_all(
            [
                Attempt(**about, **mine, revision="r", answer=TOLD, share=1),
                Place(questionnaire="lesson-1", **mine, state={"drafts": {"label": TOLD}}),
                Card(**about, **mine, due=NOON, begun=NOON, state={}),
                Run(id="run", **mine, kind="model", name=TOLD, task="t", data="d", error_rate=0.1,
                    low=0, high=1, judged=1, chosen=False, seconds=1, hardware="", version="",
                    recipe={}, about={}, at=NOON),
                Stretch(**mine, machine="m", began=NOON, ended=NOON),
            ]
        )  # fmt: skip
    return learner


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        names = Base.metadata.tables
        found = {it: session.execute(text(f"SELECT count(*) FROM {it}")).scalar() for it in names}
    return {name: n for name, n in found.items() if n}


def bytes_on_disk(database: Database) -> bytes:
    """All that is in the database's file, its journal and its copies."""
    return b"".join(it.read_bytes() for it in Path(str(database.url.database)).parent.iterdir()
                    if it.is_file())  # fmt: skip


def test_all_of_one_learner_is_erased_and_nothing_of_another(database: Database) -> None:
    learner = full(database)
    with database.writing() as session:
        session.add(Learner(id="bob", name="Bob"))
        session.flush()
        session.add(Place(learner_id="bob", questionnaire="lesson-1", state={}))
    kept = forgetting.kept(database)
    assert (kept.id, kept.name, set(kept.rows.values())) == (learner, SECRET, {1})
    assert forgetting.erase(database) == []
    assert counts(database) == {"learners": 1, "places": 1}
    assert me.kept() == ""
    assert not forgetting.kept(database).is_something
    with database.writing() as session:
        assert answers.the_learner(session).id not in (learner, "bob")


def on_the_board(database: Database, learner: str, **rows: dict[str, object]) -> None:
    with database.writing() as session:
        if session.get(Learner, learner) is None:
            session.add(Learner(id=learner))
            session.flush()
        made = [a_row(Run, id=id, **changes) for id, changes in rows.items()]
        session.add_all(Run(learner_id=learner, **it) for it in made)


def owners(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {run.id: run.learner_id for run in session.scalars(select(Run))}


BASELINE = {"kind": "baseline", "name": "random guess"}


def test_baselines_that_others_see_stay_on_the_board(database: Database) -> None:
    me = full(database)
    on_the_board(database, me, shared=BASELINE, alone={**BASELINE, "task": "my photos"})
    on_the_board(database, "bob", his={"error_rate": 0.3}, elsewhere={"task": "another"})
    on_the_board(database, "eve", hers={"error_rate": 0.2}, theirs={**BASELINE, "task": "x"})
    kept = forgetting.kept(database)
    assert (kept.rows[Run], kept.stay) == (2, 1)
    forgetting.erase(database)
    assert owners(database) == {
        "his": "bob", "elsewhere": "bob", "hers": "eve", "theirs": "eve", "shared": "eve"
    }  # fmt: skip
    with database.reading() as session:
        told = session.execute(text("SELECT task, n FROM tallies ORDER BY task")).all()
    assert [tuple(it) for it in told] == [("another", 1), ("t", 3), ("x", 1)]


def test_baselines_of_whoever_learns_alone_go(database: Database) -> None:
    me = full(database)
    on_the_board(database, me, mine=BASELINE)
    on_the_board(database, "bob")
    assert forgetting.kept(database).stay == 0
    forgetting.erase(database)
    assert owners(database) == {}


def test_a_class_that_forgets_all_at_once_leaves_the_baselines_to_who_stays(
    postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = [f"learner{it}" for it in range(8)]
    for number, id in enumerate(going):
        baseline = {f"baseline{number}": BASELINE}
        on_the_board(postgresql, id, **{f"run{number}": {"error_rate": number / 100}}, **baseline)
    on_the_board(postgresql, "stays", last={"error_rate": 0.9})
    who = threading.local()
    monkeypatch.setattr(answers, "learner_id", lambda _: who.id)

    def go(id: str) -> None:
        who.id = id
        one = Database(postgresql.url.render_as_string(hide_password=False))
        forgetting.erase(one)
        one.close()

    with ThreadPoolExecutor(8) as pool:
        with postgresql.engine.begin() as gate:  # all are let in at the same moment
            gate.execute(text("LOCK TABLE learners, runs"))
            left = [pool.submit(go, id) for id in going]
            waiting = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            while gate.scalar(waiting) < len(going):
                time.sleep(0.01)
        for it in left:
            it.result()
    assert set(owners(postgresql).values()) == {"stays"}
    assert len(owners(postgresql)) == 1 + len(going)


def test_the_name_alone_can_be_erased(database: Database) -> None:
    learner = full(database)
    forgetting.erase_name(database)
    with database.reading() as session:
        assert (answers.learner_id(session), naming.name_of(session)) == (learner, "")
    assert counts(database) == dict.fromkeys(Base.metadata.tables, 1)


def test_what_is_erased_is_in_no_file_any_more(sqlite: Database) -> None:
    full(sqlite)
    assert SECRET.encode() in bytes_on_disk(sqlite)
    forgetting.erase_name(sqlite)
    assert SECRET.encode() not in bytes_on_disk(sqlite)
    assert TOLD.encode() in bytes_on_disk(sqlite)
    forgetting.erase(sqlite)
    assert TOLD.encode() not in bytes_on_disk(sqlite)


@pytest.mark.parametrize("form", ["0001", "0002", upgrade.HEAD])
@pytest.mark.parametrize("erase", [forgetting.erase, forgetting.erase_name])
def test_copies_from_before_an_upgrade_are_not_forgotten(
    home: Path, erase: object, form: str
) -> None:
    database = Database()
    upgrade.migrate(database, form)
    with database.engine.begin() as connection:
        connection.execute(text(f"INSERT INTO learners (id, name) VALUES ('x', '{SECRET}')"))
        connection.execute(text("INSERT INTO learners (id, name) VALUES ('y', 'Bob')"))
    copy = upgrade.back_up(home / "coursekit.db", form)
    me.keep("x")
    assert SECRET.encode() in copy.read_bytes()
    assert callable(erase)
    assert erase(database) == []
    assert SECRET.encode() not in bytes_on_disk(database)
    with closing(sqlite3.connect(copy)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM learners ORDER BY id")]
    assert names[-1] == "Bob"
    assert (len(names) == 1) == (erase is forgetting.erase)
    database.close()


def test_a_copy_that_cannot_be_changed_is_named(sqlite: Database, file: Path) -> None:
    full(sqlite)
    copy = file.with_name("coursekit-0001-20260504T120000Z.db")
    copy.write_text("This is no database. " * 100)
    assert forgetting.erase(sqlite) == [copy]


def test_nobody_is_forgotten_without_a_fault(database: Database) -> None:
    assert not forgetting.kept(database).is_something
    assert forgetting.erase(database) == []
    assert forgetting.erase_name(database) == []


def test_a_database_that_is_held_is_told_and_nothing_is_erased(
    sqlite: Database, file: Path
) -> None:
    learner = full(sqlite)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CannotWrite, match="held it for too long"):
            forgetting.erase(sqlite)
    assert me.kept() == learner
    assert forgetting.kept(sqlite).name == SECRET


def test_what_was_done_and_what_folders_say_of_the_board_is_forgotten(
    sqlite: Database, home: Path
) -> None:
    deeds.note("trained")
    entry = home / "runs" / "01" / "entry.json"
    entry.parent.mkdir(parents=True)
    entry.write_text("{}")
    forgetting.erase(sqlite)
    assert deeds.when("trained") is None
    assert not entry.exists()
    assert entry.parent.is_dir()
