"""Questions to the database about answers, each given its session."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coursekit.store.tables import Attempt, Learner, Place


def the_learner(session: Session, name: str = "") -> Learner:
    """The learner of that name, made where there is none yet.

    In a database of one's own there is one, without a name until they choose one.
    """
    named = select(Learner).where(Learner.name == name)
    found = session.scalars(named).first()
    if found is None:
        with suppress(IntegrityError), session.begin_nested():  # another process may be quicker
            session.add(Learner(name=name))
        found = session.scalars(named).one()
    return found


def learner_id(session: Session, name: str = "") -> str | None:
    """The id of the learner of that name; None where there is none."""
    named = select(Learner.id).where(Learner.name == name)
    return session.scalars(named).first()


def attempts(session: Session, learner_id: str, questionnaire: str) -> Sequence[Attempt]:
    """All answers of a learner in a questionnaire, the earliest first."""
    mine = select(Attempt).where(
        Attempt.learner_id == learner_id, Attempt.questionnaire == questionnaire
    )
    return session.scalars(mine.order_by(Attempt.at, Attempt.id)).all()


def place(session: Session, learner_id: str, questionnaire: str) -> dict[str, Any]:
    """Where a learner is in a questionnaire; empty where they have not begun."""
    found = session.get(Place, (learner_id, questionnaire))
    return dict(found.state) if found else {}


def keep_place(
    session: Session, learner_id: str, questionnaire: str, state: dict[str, Any]
) -> None:
    """Keeps where a learner is."""
    session.merge(Place(learner_id=learner_id, questionnaire=questionnaire, state=state))


def forget(session: Session, learner_id: str) -> None:
    """Erases a learner with all that they answered."""
    session.execute(delete(Learner).where(Learner.id == learner_id))
