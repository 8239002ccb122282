"""What is due, found by its index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from coursekit.store import cards
from coursekit.store.database import Database
from coursekit.store.tables import Attempt, Card, Learner

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MANY = 20_000


@pytest.fixture
def full(database: Database) -> Database:
    """A database with many cards of two learners."""
    with database.writing() as session:
        for name in ("ada", "bob"):
            session.add(Learner(id=name))
            session.flush()
            rows = [
                {
                    "learner_id": name,
                    "questionnaire": "lesson-1",
                    "question": f"q{n}",
                    "due": NOON + timedelta(minutes=n - MANY // 2),
                    "begun": NOON - timedelta(minutes=n),
                    "state": {},
                }
                for n in range(MANY // 2)
            ]
            session.execute(insert(Card), rows)
        if not database.is_sqlite:
            session.execute(text("ANALYZE cards"))
    return database


def plan(session: Session, statement: str) -> str:
    """How the database would find it."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
    return "\n".join(str(row) for row in session.execute(text(f"{explain} {statement}")))


def test_the_longest_overdue_come_first_and_only_ones_own(full: Database) -> None:
    with full.reading() as session:
        ada = "ada"
        found = cards.due(session, ada, NOON - timedelta(minutes=MANY // 2 - 2), 10)
        assert [it.question for it in found] == ["q0", "q1", "q2"]
        assert {it.learner_id for it in found} == {ada}
        assert len(cards.due(session, ada, NOON, 10)) == 10
        assert cards.begun_since(session, ada, NOON - timedelta(minutes=5)) == 6
        assert cards.known(session, ada, "nothing") == set()
        assert cards.due_between(session, ada, None, NOON) == MANY // 2
        assert cards.due_between(session, ada, NOON - timedelta(minutes=5), NOON) == 5


def test_what_is_due_is_found_by_its_index(full: Database) -> None:
    with full.reading() as session:
        ada = "ada"
        due = f"SELECT * FROM cards WHERE learner_id = '{ada}' AND due <= '2026-04-28' ORDER BY due"
        assert "cards_due" in plan(session, f"{due} LIMIT 50")
        between = f"SELECT count(*) FROM cards WHERE learner_id = '{ada}' AND due < '2026-04-28'"
        assert "cards_due" in plan(session, between)
        assert "cards_due" in plan(session, f"{between} AND due >= '2026-04-27'")
        begun = f"SELECT count(*) FROM cards WHERE learner_id = '{ada}' AND begun >= '2026-05-04'"
        assert "cards_begun" in plan(session, begun)


def test_a_learners_answers_are_found_by_their_index(sqlite: Database) -> None:
    sqlite.ready()
    mine = "learner_id = 'x' AND questionnaire = 'y'"
    with sqlite.reading() as session:
        found = plan(session, f"SELECT * FROM {Attempt.__tablename__} WHERE {mine}")
    assert "attempts_of_a_question" in found
