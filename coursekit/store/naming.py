"""What a learner wants to be called: the only thing about a person that is kept."""

from __future__ import annotations

import unicodedata

from sqlalchemy.orm import Session

from coursekit.core.errors import CourseError
from coursekit.store import answers
from coursekit.store.tables import Learner

LONGEST = 80
JOINERS = "\u200c\u200d"
"""Signs that can't be seen and that some scripts, and emoji, need."""


class NoName(CourseError):
    """What was given can't be shown as a name."""


def checked(name: str) -> str:
    """A name as it is kept, without spaces around it.

    Raises:
        NoName: It is empty, too long, or has letters that can't be shown.
    """
    kept = unicodedata.normalize("NFC", name).strip()
    if not kept:
        raise NoName("A name has a letter at least. `coursekit forget --name-only` erases yours.")
    if len(kept) > LONGEST:
        raise NoName(f"A name has at most {LONGEST} characters; this has {len(kept):,}.")
    if not all(it in JOINERS or it.isprintable() for it in kept):
        raise NoName("A name has no control characters, such as line breaks. Type it without.")
    return kept


def name_of(session: Session) -> str:
    """What whoever learns here is called; "" where they chose nothing."""
    id = answers.learner_id(session)
    learner = session.get(Learner, id) if id else None
    return learner.name if learner else ""
