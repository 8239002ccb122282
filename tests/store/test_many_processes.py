"""What many processes do to one database, and what is left where they are killed."""

from __future__ import annotations

import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from support_fleet import fleet

from coursekit.store.database import Database

PROCESSES, EACH = 50, 6
KILLS = 200


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT id FROM attempts")))


@pytest.mark.slow
def test_50_processes_that_answer_at_once_have_no_error_and_lose_nothing(
    database: Database, home: Path
) -> None:
    database.ready()
    url = database.url.render_as_string(hide_password=False)
    done = fleet(url, home, PROCESSES, EACH)
    assert done["stderr"] == ""
    assert done["ends"] == [0] * PROCESSES
    said = {id for id, *_ in done["said"]}
    assert len(said) == PROCESSES * EACH
    assert sorted(kept(database)) == sorted(said)
    troubles = {trouble for *_, trouble in done["said"]} - {""}
    assert all("because the database is busy" in it for it in troubles)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM learners")) == 1


@pytest.mark.slow
def test_200_killed_processes_lose_no_answer_that_was_said_to_be_kept(
    sqlite: Database, file: Path, home: Path
) -> None:
    done = fleet(f"sqlite:///{file}", home, 4, KILLS, "--kill", 1)
    assert done["stderr"] == ""
    assert len(done["ends"]) >= KILLS
    assert set(done["ends"]) == {signal.SIGKILL}
    said = {id for id, *_ in done["said"]}
    print(json.dumps({"kept": len(said)}))
    assert len(said) > KILLS
    there = set(kept(sqlite))  # the database opens
    assert said <= there
    assert len(there) <= len(said) + len(done["ends"])  # one each may be kept that none heard of
    with closing(sqlite3.connect(file)) as it:
        assert it.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
