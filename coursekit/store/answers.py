"""Questions to the database about answers, each given its session."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coursekit.core import paths
from coursekit.store import me
from coursekit.store.tables import Attempt, Learner, Place


def the_learner(session: Session, name: str | None = None) -> Learner:
    """Whoever learns with this home folder, made where they are not known yet.

    Args:
        session: One that may write.
        name: What to call them from now on; None leaves it.
    """
    id = learner_id(session) or me.mine()
    found = session.get(Learner, id)
    if found is None:
        with suppress(IntegrityError), session.begin_nested():  # another process may be quicker
            session.add(Learner(id=id))
        found = session.get_one(Learner, id)
    if name is not None:
        found.name = name
    return found


def learner_id(session: Session) -> str | None:
    """The id of whoever learns with this home folder; None where they are not known yet.

    The home's own database from before there were ids has one learner, who goes on.
    """
    if known := me.kept():
        return known
    bind = session.get_bind()
    file = bind.engine.url.database or ""
    if bind.dialect.name != "sqlite" or Path(file).parent != paths.home():
        return None
    several = session.scalars(select(Learner.id).limit(2)).all()
    return me.keep(several[0]) if len(several) == 1 else None


def attempts(session: Session, learner_id: str, questionnaire: str) -> Sequence[Attempt]:
    """All answers of a learner in a questionnaire, the earliest first."""
    mine = select(Attempt).where(
        Attempt.learner_id == learner_id, Attempt.questionnaire == questionnaire
    )
    return session.scalars(mine.order_by(Attempt.at, Attempt.id)).all()


def answered(session: Session, learner_id: str, questionnaire: str) -> set[str]:
    """The questions of a questionnaire that have an answer."""
    mine = select(Attempt.question).where(
        Attempt.learner_id == learner_id, Attempt.questionnaire == questionnaire
    )
    return set(session.scalars(mine.distinct()))


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
