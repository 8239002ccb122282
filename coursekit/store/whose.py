"""Whose results an exported file holds, and whether they are of whoever learns here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coursekit.store import answers, me
from coursekit.store.database import Database
from coursekit.store.exchange import AT_ONCE
from coursekit.store.exported import parts_of
from coursekit.store.tables import Attempt


@dataclass(frozen=True)
class Held:
    """What a file holds.

    Attributes:
        name: What they chose to be called; "" for nothing.
        answers: How many there are.
        last: When the last one was given; None where there is none.
        mine: Whether they are of whoever learns here: the same id wrote the file, or answers of it
            are theirs already, since it was taken in before.
    """

    name: str = ""
    answers: int = 0
    last: datetime | None = None
    mine: bool = False


def look(database: Database, path: Path) -> Held:
    """Looks through a file, and takes nothing in.

    Raises:
        CannotImport: The file is damaged, or a later version wrote it.
        StoreError: The database can't be read.
    """
    found = Held()
    with parts_of(path) as parts, database.reading() as session:
        id = answers.learner_id(session) or ""
        for name, part in parts:
            if name == "name":
                found = replace(found, name=part)
            elif name == "learner":
                found = replace(found, mine=bool(part) and part == me.mark(id))
            elif name == "attempts":
                found = _with_answers(session, id, found, part)
    return found


def _with_answers(session: Session, id: str, found: Held, rows: Iterator[dict[str, Any]]) -> Held:
    n, last, mine = 0, found.last, found.mine
    while batch := list(islice(rows, AT_ONCE)):
        n += len(batch)
        latest = max(it["at"] for it in batch)
        last = max(last or latest, latest)
        mine = mine or _some_are_of(session, id, (it["id"] for it in batch))
    return replace(found, answers=n, last=last, mine=mine)


def _some_are_of(session: Session, id: str, ids: Iterable[str]) -> bool:
    theirs = select(Attempt.id).where(Attempt.learner_id == id, Attempt.id.in_(list(ids)))
    return session.scalars(theirs.limit(1)).first() is not None
