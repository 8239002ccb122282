"""Questions to the database about when machines were on, each given its session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coursekit.store.tables import Stretch


def see(session: Session, learner_id: str, machine: str, began: datetime, ended: datetime) -> None:
    """Keeps that a learner's machine was on; joins what overlaps or touches."""
    near = (
        Stretch.learner_id == learner_id,
        Stretch.machine == machine,
        Stretch.ended >= began,
        Stretch.began <= ended,
    )
    known = session.scalars(select(Stretch).where(*near)).all()
    first = min([began, *(it.began for it in known)])
    last = max([ended, *(it.ended for it in known)])
    session.execute(delete(Stretch).where(*near, Stretch.began != first))
    session.merge(Stretch(learner_id=learner_id, machine=machine, began=first, ended=last))


def seen(
    session: Session, learner_id: str, machine: str, since: datetime, until: datetime
) -> timedelta:
    """How long a learner's machine was on; what overlaps counts once."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)  # or clock changes are not seen
    mine = select(Stretch.began, Stretch.ended).where(
        Stretch.learner_id == learner_id,
        Stretch.machine == machine,
        Stretch.ended > since,
        Stretch.began < until,
    )
    total, upto = timedelta(0), since
    for began, ended in session.execute(mine.order_by(Stretch.began)):
        new = min(ended, until) - max(began, upto)
        total, upto = total + max(new, timedelta(0)), max(upto, ended)
    return total
