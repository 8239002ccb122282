"""Rows to export and import, and what a database holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import insert, select
from ulid import ULID

from coursekit.store import answers, exported
from coursekit.store.database import Database
from coursekit.store.tables import Attempt, Base, Card, Place, Run, Stretch

NOON = datetime(2026, 5, 4, 12, 30, 15, 123456, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda it: st.lists(it, max_size=3) | st.dictionaries(st.text(max_size=5), it, max_size=3),
    max_leaves=8,
)  # fmt: skip


def a_row(table: type, **changes: Any) -> dict[str, Any]:
    """What a row of a table may have."""
    about = {"questionnaire": "lesson-1", "question": "label"}
    run = {"kind": "model", "name": "Ada's ä", "task": "t", "data": "d", "error_rate": 0.1}
    run |= {"low": 0.05, "high": 0.2, "judged": 90, "chosen": True, "seed": 2**40, "seconds": 1.5}
    run |= {"hardware": "CPU", "version": "0.1", "recipe": {"lr": [0.1]}, "about": {}, "at": NOON}
    made: dict[type, dict[str, Any]] = {
        Attempt: {**about, "id": str(ULID()), "revision": "r", "answer": [1], "share": 0.5,
                  "by_oneself": False, "hints": 1, "exam": "", "at": NOON},
        Place: {"questionnaire": "lesson-1", "state": {"at": "label"}, "at": NOON},
        Card: {**about, "due": NOON, "begun": NOON, "state": {"step": None}},
        Run: {"id": str(ULID()), **run},
        Stretch: {"machine": "m" * 32, "began": NOON, "ended": NOON},
    }  # fmt: skip
    return {**made[table], **changes}


def fill(database: Database, **rows: list[dict[str, Any]]) -> str:
    """Keeps rows of this home's learner, by table."""
    with database.writing() as session:
        learner = answers.the_learner(session).id
        for name, several in rows.items():
            table = Base.metadata.tables[name]
            session.execute(insert(table), [{"learner_id": learner, **it} for it in several])
    return learner


def one_each(database: Database) -> str:
    return fill(
        database,
        attempts=[
            a_row(Attempt),
            a_row(Attempt, answer=None),
            a_row(Attempt, answer="ä\0\U0001f600"),
        ],
        places=[a_row(Place)],
        cards=[a_row(Card), a_row(Card, question="split")],
        runs=[a_row(Run), a_row(Run, seed=None, kind="person")],
        stretches=[a_row(Stretch)],
    )


def everything(database: Database) -> dict[str, list[Any]]:
    """All rows but who they belong to."""
    with database.reading() as session:
        return {
            table.name: sorted(
                repr([value for key, value in row._mapping.items() if key != "learner_id"])
                for row in session.execute(select(table))
            )
            for table in exported.TABLES.values()
        }
