"""Answers kept in the database; in memory meanwhile where it can't be written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from coursekit.store import answers
from coursekit.store.database import WAIT, Database
from coursekit.store.errors import StoreError
from coursekit.store.later import Later
from coursekit.store.tables import Attempt, new_id

Also = Callable[[Session, str], object]
"""Writes something more; it is given a session and the learner's id."""


@dataclass(frozen=True)
class Tried:
    """An answer that was given.

    Attributes:
        question: The question's id.
        revision: What the question was then, see `Question.revision`.
        answer: As it was given.
        share: Of the point, 0 to 1.
        by_oneself: Whether the learner judged it.
        hints: How many hints were seen before.
        exam: The exam that it belongs to; "" for practice.
    """

    question: str
    revision: str
    answer: Any
    share: float
    by_oneself: bool = False
    hints: int = 0
    exam: str = ""
    id: str = field(default_factory=new_id)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


Kept = tuple[list[Tried], dict[str, Any]]
"""Answers, the earliest first, and where the learner is."""


class Keeper(Protocol):
    """Where answers and places are kept.

    Attributes:
        changed: Called when `trouble` has become another by itself, maybe by another thread.
    """

    changed: Callable[[], object]

    @property
    def unread(self) -> bool:
        """Whether what was kept before could not be read so far."""
        ...

    @property
    def trouble(self) -> str:
        """Why something is not kept yet, a sentence; "" where all is."""
        ...

    def load(self, questionnaire: str) -> Kept | None:
        """All answers to a questionnaire, the earliest first, and where the learner is in it.

        None where that can't be read now.
        """
        ...

    def keep(self, questionnaire: str, tried: list[Tried], place: dict[str, Any]) -> None:
        """Keeps answers and the place, or begins to: then `trouble` says so when this is back."""
        ...


class Memory:
    """Keeps nothing beyond this Python, for tests and for whoever wants that."""

    trouble = ""
    unread = False

    def __init__(self) -> None:
        self.changed: Callable[[], object] = nothing
        self._kept: dict[str, Kept] = {}

    def load(self, questionnaire: str) -> Kept | None:
        """See `Keeper`."""
        tried, place = self._kept.get(questionnaire, ([], {}))
        return list(tried), dict(place)

    def keep(self, questionnaire: str, tried: list[Tried], place: dict[str, Any]) -> None:
        """See `Keeper`."""
        before, _ = self._kept.get(questionnaire, ([], {}))
        self._kept[questionnaire] = ([*before, *tried], dict(place))


class Stored:
    """Keeps everything in a database. What can't be written waits here until it can be.

    Attributes:
        changed: See `Keeper`.
    """

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._waiting = Waiting()
        self._later = Later(self._write, self._tell)
        self._unread = ""
        self._never_read: set[str] = set()
        self.changed: Callable[[], object] = nothing

    @property
    def waiting(self) -> int:
        """How many answers are not kept yet."""
        return len(self._waiting.tried)

    @property
    def unread(self) -> bool:
        """See `Keeper`."""
        return bool(self._never_read)

    @property
    def trouble(self) -> str:
        """See `Keeper`."""
        if not self._later.why:
            return self._unread
        return waits_for(self.waiting, self._later.why)

    def load(self, questionnaire: str) -> Kept | None:
        """See `Keeper`; what waits here is among it."""
        waits = self._waiting.taken()
        try:
            tried, place = self._read(questionnaire)
        except StoreError as error:
            self._unread = str(error)
            self._never_read.add(questionnaire)
            return None
        self._unread = ""
        known = {it.id for it in tried}  # some may have been written since
        mine = [it for name, it in waits.tried if name == questionnaire and it.id not in known]
        return [*tried, *mine], self._place(questionnaire, place, waits)

    def _place(self, questionnaire: str, read: dict[str, Any], waits: Waiting) -> dict[str, Any]:
        mine = waits.places.get(questionnaire)
        if mine is None:
            self._never_read.discard(questionnaire)
            return read
        return beside(read, mine) if questionnaire in self._never_read else mine

    def keep(
        self,
        questionnaire: str,
        tried: list[Tried],
        place: dict[str, Any] | None,
        also: Also | None = None,
    ) -> None:
        """See `Keeper`; raises nothing: `trouble` says what is wrong.

        Args:
            questionnaire: Its id.
            tried: Answers.
            place: Where the learner is; None leaves that as it is.
            also: What else is to be written, all or nothing with the answers. It may be called
                several times.
        """
        self._waiting.add(questionnaire, tried, place, also)
        self._later.ask()

    def again(self, seconds: float = WAIT) -> bool:
        """Tries to write what waits, so long at most; whether nothing waits any more."""
        return self._later.again(seconds)

    def _read(self, questionnaire: str) -> Kept:
        with self._database().reading() as session:
            me = answers.learner_id(session)
            if not me:
                return [], {}
            tried = [of(it) for it in answers.attempts(session, me, questionnaire)]
            return tried, answers.place(session, me, questionnaire)

    def _write(self) -> None:
        taken = self._waiting.taken()
        with self._database().writing() as session:
            me = answers.the_learner(session).id
            for questionnaire, it in taken.tried:  # merged: it may be there, though nobody heard so
                session.merge(row(it, questionnaire, me))
            for questionnaire, place in taken.places.items():
                unread = questionnaire in self._never_read
                before = answers.place(session, me, questionnaire) if unread else {}
                answers.keep_place(session, me, questionnaire, beside(before, place))
            for also in taken.also:
                also(session, me)
        self._waiting.forget(taken)
        self._unread = ""  # what can be written can be read

    def _tell(self) -> None:
        self.changed()


def beside(before: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """A place with what was kept before and could not be read then, such as an exam's answers."""
    inner = {
        name: {**before[name], **value}
        for name, value in place.items()
        if isinstance(value, dict) and isinstance(before.get(name), dict)
    }
    same = {"exam": before["exam"]} if "exam" in before else {}
    return before | place | inner | same


def waits_for(answers: int, why: str) -> str:
    """What is not kept yet, and why, as a sentence."""
    what = "your last answer" if answers == 1 else f"your last {answers} answers"
    what = what if answers else "your place in the questions"
    they = "they wait" if answers > 1 else "it waits"
    return f"Not in the database yet: {what}, because {why}; {they} in memory until that works."


class Waiting:
    """What is still to be written; several threads add to it and take it."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self.tried: list[tuple[str, Tried]] = []
        self.places: dict[str, dict[str, Any]] = {}
        self.also: list[Also] = []

    def add(
        self,
        questionnaire: str,
        tried: list[Tried],
        place: dict[str, Any] | None,
        also: Also | None,
    ) -> None:
        """Has more wait."""
        with self._one_at_a_time:
            self.tried += [(questionnaire, it) for it in tried]
            self.also += [also] if also else []
            if place is not None:
                self.places[questionnaire] = place

    def taken(self) -> Waiting:
        """A copy of what waits now."""
        copy = Waiting()
        with self._one_at_a_time:
            copy.tried, copy.places = list(self.tried), dict(self.places)
            copy.also = list(self.also)
        return copy

    def forget(self, written: Waiting) -> None:
        """Has what was written wait no more; what came meanwhile still does."""
        with self._one_at_a_time:
            del self.tried[: len(written.tried)], self.also[: len(written.also)]
            for questionnaire, place in written.places.items():
                if self.places.get(questionnaire) is place:
                    del self.places[questionnaire]


def nothing() -> None:
    """What is called where nobody wants to know."""


def row(it: Tried, questionnaire: str, learner: str) -> Attempt:
    """An answer as a row of the database."""
    return Attempt(questionnaire=questionnaire, learner_id=learner, **vars(it))


def of(it: Attempt) -> Tried:
    """A row as an answer."""
    names = ("question", "revision", "answer", "share", "by_oneself", "hints", "exam", "id", "at")
    return Tried(**{name: getattr(it, name) for name in names})
