"""Who learns here."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from coursekit.store import answers, me
from coursekit.store.database import Database
from coursekit.store.tables import Learner


def whoever(database: Database) -> str:
    with database.writing() as session:
        return answers.the_learner(session).id


def test_one_home_is_one_learner_and_another_home_is_another(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = whoever(database)
    assert whoever(database) == first
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "elsewhere"))
    assert whoever(database) != first
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Learner)) == 2


def test_reading_makes_nobody(database: Database, home: Path) -> None:
    with database.reading() as session:
        assert answers.learner_id(session) is None
    assert not (home / "state" / me.FILE).exists()


def test_the_learner_of_an_older_file_goes_on(home: Path) -> None:
    older = Database()
    with older.writing() as session:
        session.add(Learner(id="old", name="Ada"))
    assert whoever(older) == "old"
    older.close()
    assert me.kept() == "old"


def test_a_name_is_what_they_chose(database: Database) -> None:
    with database.writing() as session:
        assert answers.the_learner(session).name == ""
        answers.the_learner(session, "Ada")
    with database.reading() as session:
        assert session.scalars(select(Learner.name)).all() == ["Ada"]


def test_a_home_that_cannot_be_written_still_has_a_learner(
    sqlite: Database, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("COURSEKIT_HOME", str(home / "file" / "no"))
    assert whoever(sqlite) == whoever(sqlite)
