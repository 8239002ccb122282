from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from support_disks import disk_of, held, read_only, remount
from support_doctor import only
from support_postgresql import fresh

from coursekit.app.doctor import database as check
from coursekit.app.doctor.finding import Finding
from coursekit.store.database import Database
from coursekit.store.upgrade import HEAD


@pytest.fixture
def file(home: Path) -> Path:
    """The home's database, with its tables."""
    database = Database()
    database.ready()
    database.close()
    return home / "coursekit.db"


def broken(findings: list[Finding]) -> Finding:
    return only(it for it in findings if it.state == "broken")


def test_no_database_is_fine_and_none_is_made(home: Path) -> None:
    found = only(check.findings())
    assert found.state == "fine"
    assert "is made with the first answer" in found.says
    assert list(home.iterdir()) == []


def test_a_whole_database_is_fine_and_stays_as_it_is(file: Path) -> None:
    before = file.read_bytes()
    found = only(check.findings())
    assert found.state == "fine"
    assert f"is whole and of this version ({HEAD})" in found.says
    assert file.read_bytes() == before


def test_an_empty_file_is_no_damage(home: Path) -> None:
    (home / "coursekit.db").touch()
    assert only(check.findings()).state == "fine"


def test_a_damaged_database_is_broken(file: Path) -> None:
    with file.open("r+b") as it:
        it.seek(4096)
        it.write(b"\xff" * 8192)
    found = broken(list(check.findings()))
    assert "is damaged" in found.says or "can't be read: the file is damaged" in found.says
    assert "coursekit store import" in found.remedy


def test_a_file_that_is_no_database_is_broken(home: Path) -> None:
    (home / "coursekit.db").write_text("These are notes of mine, and no database. " * 50)
    assert "the file is no database" in broken(list(check.findings())).says


@pytest.mark.parametrize(
    ("revision", "state", "words"),
    [
        ("0001", "fine", "brought up to date when it is used"),
        ("9999", "broken", "made by a later version of coursekit (9999)"),
    ],
)
def test_another_form_is_said_and_not_changed(
    file: Path, revision: str, state: str, words: str
) -> None:
    with sqlite3.connect(file) as it:
        it.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    it.close()
    found = next(check.findings())
    assert (found.state, words in found.says) == (state, True)
    with sqlite3.connect(file) as it:
        assert it.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)
    it.close()


def test_a_database_that_another_program_holds_is_broken(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "SECONDS", 0.2)
    with held(file):
        found = broken(list(check.findings()))
    assert "another program has held it for too long" in found.says


def test_a_database_that_may_only_be_read_is_broken(file: Path) -> None:
    with read_only(file):
        assert "can't be written: it may only be read" in broken(list(check.findings())).says


def test_a_database_in_a_closed_folder_is_read_as_coursekit_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with disk_of(tmp_path / "disk", "8m") as disk:
        monkeypatch.setenv("COURSEKIT_HOME", str(disk))
        database = Database()
        database.ready()
        database.close()
        remount(disk, "ro")
        first, *others = check.findings()
    assert "is whole and of this version" in first.says
    assert "can't be written" in only(others).says


def test_a_file_system_without_locks_is_broken(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "can_lock", lambda folder: False)
    assert "this file system can't lock files" in broken(list(check.findings())).says


def test_a_server_that_answers_is_fine(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSEKIT_DB", fresh(server))
    new, answers = check.findings()
    assert "is made with the first answer" in new.says
    assert answers.says.startswith("Its server answers: PostgreSQL ")
    database = Database()
    database.ready()
    database.close()
    assert f"is whole and of this version ({HEAD})" in next(check.findings()).says


def test_a_server_that_does_not_answer_is_broken_and_no_password_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = "postgresql+psycopg://kim:geheim123@127.0.0.1:1/course"
    monkeypatch.setenv("COURSEKIT_DB", address)
    found = only(check.findings())
    assert found.says == (
        "The database course on 127.0.0.1 can't be used: the database server does not answer."
    )
    assert "geheim123" not in found.says + found.remedy


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("kim:geheim123@db/course", "that is no address such as sqlite:////folder/file.db"),
        ("mysql://kim:geheim123@db/course", "its driver is not installed"),
        ("postgresql+psycopg://kim:x@geheim123@127.0.0.1:1/course", "that COURSEKIT_DB names"),
    ],
)
def test_an_address_that_is_none_is_broken_and_no_password_is_said(
    monkeypatch: pytest.MonkeyPatch, address: str, words: str
) -> None:
    monkeypatch.setenv("COURSEKIT_DB", address)
    found = only(check.findings())
    assert found.state == "broken"
    assert words in found.says
    assert "geheim" not in found.says + found.remedy
