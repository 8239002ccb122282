"""Questions to the database about what comes back when, each given its session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coursekit.store.tables import Card


def due(session: Session, learner_id: str, until: datetime, most: int) -> Sequence[Card]:
    """The cards that are due by `until`, the longest overdue first, at most so many."""
    mine = select(Card).where(Card.learner_id == learner_id, Card.due <= until)
    return session.scalars(mine.order_by(Card.due).limit(most)).all()


def begun_since(session: Session, learner_id: str, since: datetime) -> int:
    """How many questions were reviewed for the first time since then."""
    mine = select(func.count()).where(Card.learner_id == learner_id, Card.begun >= since)
    return session.scalars(mine).one()


def known(session: Session, learner_id: str, questionnaire: str) -> set[str]:
    """The questions of a questionnaire that have a card."""
    mine = select(Card.question).where(
        Card.learner_id == learner_id, Card.questionnaire == questionnaire
    )
    return set(session.scalars(mine))


def due_between(session: Session, learner_id: str, since: datetime | None, until: datetime) -> int:
    """How many cards are due before `until`, and not before `since`; None: however long ago."""
    mine = select(func.count()).where(Card.learner_id == learner_id, Card.due < until)
    return session.scalars(mine if since is None else mine.where(Card.due >= since)).one()
