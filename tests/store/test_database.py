"""A database as it is opened, upgraded, shared and lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import StatementError

from coursekit.store import answers, upgrade
from coursekit.store.database import Database
from coursekit.store.errors import CannotOpen, CannotWrite
from coursekit.store.tables import Attempt, Base, Learner


def answered(database: Database, **changes: object) -> Attempt:
    """An answer that is kept."""
    with database.writing() as session:
        learner = answers.the_learner(session).id
        about = {"questionnaire": "lesson-1", "question": "label", "revision": "r"}
        about |= {"answer": [1], "share": 1.0, "learner_id": learner}
        made = Attempt(**{**about, **changes})
        session.add(made)
    return made


def all_answers(database: Database) -> list[Attempt]:
    with database.reading() as session:
        learner = answers.the_learner(session).id
        return list(answers.attempts(session, learner, "lesson-1"))


def test_an_answer_is_there_again_in_another_process(database: Database) -> None:
    berlin = timezone(timedelta(hours=2))
    noon = datetime(2026, 5, 1, 12, tzinfo=berlin)
    answered(database, answer={"text": "ä", "met": [True]}, at=noon)
    again = Database(database.url.render_as_string(hide_password=False))
    (found,) = all_answers(again)
    assert found.answer == {"text": "ä", "met": [True]}
    assert found.at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    again.close()


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises((CannotWrite, StatementError)):
        answered(database, at=datetime(2026, 5, 1))
    assert all_answers(database) == []


def test_a_failed_block_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            answers.the_learner(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM learners")).scalar() == 0


def test_migrations_make_the_tables_that_the_code_has(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database.ready()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_last_migration_is_the_form_that_is_read() -> None:
    assert max(upgrade.known()) == upgrade.HEAD


def test_an_older_database_is_copied_and_brought_up_to_date(
    sqlite: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.parent.mkdir()
    monkeypatch.setenv("COURSEKIT_HOME", str(file.parent))
    upgrade.migrate(sqlite, "0001")
    with sqlite.engine.begin() as connection:
        connection.execute(text("INSERT INTO learners (id, name) VALUES ('x', 'Ada')"))
        connection.execute(text("INSERT INTO places VALUES ('x', 'lesson-1', '{}', '2026-05-04')"))
    assert not inspect(sqlite.engine).has_table("cards")
    sqlite.ready()
    assert inspect(sqlite.engine).has_table("cards")
    with sqlite.writing() as session:
        assert answers.the_learner(session).id == "x"
        assert answers.place(session, "x", "lesson-1") == {}
        assert session.execute(text("SELECT count(*) FROM places")).scalar() == 1
        session.add_all([Learner(name="Ada"), Learner(name="Ada")])  # two may be called alike
    (copy,) = file.parent.glob("coursekit-0001-*.db")
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute("SELECT name FROM learners").fetchone() == ("Ada",)
        assert before.execute("SELECT name FROM sqlite_master WHERE name='cards'").fetchall() == []


def test_many_threads_make_the_tables_once(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    with ThreadPoolExecutor(8) as pool:
        databases = [Database(url) for _ in range(8)]
        list(pool.map(Database.ready, databases))
    for it in databases:
        it.close()


@pytest.fixture
def held(sqlite: Database, file: Path) -> Iterator[Database]:
    """A database that another program holds."""
    answered(sqlite)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield sqlite
    other.close()


def test_a_database_that_another_program_holds_can_be_read_and_says_why_not_written(
    held: Database,
) -> None:
    assert len(all_answers(held)) == 1
    with pytest.raises(CannotWrite, match="another program has held it for too long"):
        answered(held)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to the superuser")
def test_a_closed_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(CannotOpen):
        Database(f"sqlite:///{tmp_path / 'closed' / 'x' / 'a.db'}").ready()


def test_a_file_that_is_no_database_is_a_sentence(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("This is a letter and no database. " * 100)
    with pytest.raises(CannotOpen, match=r"the file is no database"):
        Database(f"sqlite:///{file}").ready()
    assert file.read_text().startswith("This is a letter")


def test_only_the_usual_case_is_quick_to_open(sqlite: Database, file: Path) -> None:
    sqlite.ready()
    code = (
        "import sys; from coursekit.store.database import Database;"
        f"Database('sqlite:///{file}').ready();"
        "print('alembic' in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_forgetting_erases_all_of_one_learner(database: Database) -> None:
    answered(database)
    with database.writing() as session:
        me = answers.the_learner(session).id
        answers.keep_place(session, me, "lesson-1", {"at": "label"})
        session.add(Learner(name="Ada"))
    with database.writing() as session:
        answers.forget(session, me)
    with database.reading() as session:
        for table, left in (("attempts", 0), ("places", 0), ("learners", 1)):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == left


def test_a_place_is_kept_and_replaced(database: Database) -> None:
    with database.writing() as session:
        me = answers.the_learner(session).id
        assert answers.place(session, me, "lesson-1") == {}
        answers.keep_place(session, me, "lesson-1", {"at": "label"})
        answers.keep_place(session, me, "lesson-1", {"at": "split", "flags": ["label"]})
    with database.reading() as session:
        assert answers.place(session, me, "lesson-1") == {"at": "split", "flags": ["label"]}
