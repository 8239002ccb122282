"""Whose results a file holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from support_exchange import NOON, a_row, everything, fill, one_each

from coursekit.core import deeds
from coursekit.store import answers, exchange, exported, me, whose
from coursekit.store.database import Database
from coursekit.store.tables import Attempt
from coursekit.store.whose import Held

Move = Callable[[], None]


@pytest.fixture
def adas(database: Database, tmp_path: Path) -> Path:
    """A file of Ada's answers, three of them and one more."""
    one_each(database)
    late = NOON + timedelta(days=3)
    fill(database, attempts=[a_row(Attempt, id="0", at=late)])
    with database.writing() as session:
        answers.the_learner(session, "Ada")
    file = tmp_path / "ada.json"
    exchange.export(database, file)
    return file


def test_it_is_said_whose_answers_a_file_holds_and_nothing_is_taken_in(
    adas: Path, other: Database, elsewhere: Move
) -> None:
    elsewhere()
    fill(other, attempts=[a_row(Attempt)])
    before = everything(other)
    assert whose.look(other, adas) == Held("Ada", 4, NOON + timedelta(days=3), mine=False)
    assert everything(other) == before


def test_the_same_home_is_known_again_even_by_an_empty_database(
    database: Database, adas: Path, other: Database
) -> None:
    assert whose.look(database, adas).mine
    assert whose.look(other, adas).mine


def test_what_was_taken_in_before_is_ones_own(adas: Path, other: Database, elsewhere: Move) -> None:
    elsewhere()
    fill(other, attempts=[a_row(Attempt)])
    exchange.read_in(other, adas)
    assert whose.look(other, adas).mine


def test_another_home_on_the_same_database_is_somebody_else(
    database: Database, adas: Path, elsewhere: Move
) -> None:
    elsewhere()
    fill(database, attempts=[a_row(Attempt)])
    assert not whose.look(database, adas).mine


def test_of_a_file_of_the_first_format_only_the_answers_tell(
    database: Database, adas: Path
) -> None:
    parts = json.loads(adas.read_text()).items()
    older = {name: it for name, it in parts if exported.SINCE.get(name, 1) == 1}
    adas.write_text(json.dumps({**older, "format": 1}))
    assert whose.look(database, adas).mine
    with database.writing() as session:
        session.execute(text("DELETE FROM attempts"))
    assert not whose.look(database, adas).mine


def test_a_file_of_nobody_is_nobodys(database: Database, tmp_path: Path) -> None:
    deeds.note("trained")
    file = tmp_path / "empty.json"
    exchange.export(database, file)
    assert me.kept() == ""
    assert whose.look(database, file) == Held()
