"""Answers kept in the database; in memory meanwhile where it can't be written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from coursekit.store import answers
from coursekit.store.database import Database
from coursekit.store.errors import StoreError
from coursekit.store.tables import Attempt, new_id


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


class Keeper(Protocol):
    """Where answers and places are kept; `trouble` says why they can't be now, else it is ""."""

    @property
    def trouble(self) -> str: ...

    def load(self, questionnaire: str) -> tuple[list[Tried], dict[str, Any]]:
        """All answers to a questionnaire, the earliest first, and where the learner is in it."""
        ...

    def keep(self, questionnaire: str, tried: list[Tried], place: dict[str, Any]) -> None:
        """Keeps answers and the place."""
        ...


class Memory:
    """Keeps nothing beyond this Python, for tests and for whoever wants that."""

    trouble = ""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[list[Tried], dict[str, Any]]] = {}

    def load(self, questionnaire: str) -> tuple[list[Tried], dict[str, Any]]:
        """See `Keeper`."""
        tried, place = self._kept.get(questionnaire, ([], {}))
        return list(tried), dict(place)

    def keep(self, questionnaire: str, tried: list[Tried], place: dict[str, Any]) -> None:
        """See `Keeper`."""
        before, _ = self.load(questionnaire)
        self._kept[questionnaire] = ([*before, *tried], dict(place))


class Stored:
    """Keeps everything in a database. What can't be written waits here, and is tried again.

    Attributes:
        trouble: Why the database can't be used now, a sentence; "" while all is kept.
    """

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._waiting: dict[str, tuple[list[Tried], dict[str, Any]]] = {}
        self._one_at_a_time = threading.Lock()
        self.trouble = ""

    @property
    def waiting(self) -> int:
        """How many answers are not kept yet."""
        return sum(len(tried) for tried, _ in self._waiting.values())

    def load(self, questionnaire: str) -> tuple[list[Tried], dict[str, Any]]:
        """See `Keeper`; what waits here is among it."""
        tried: list[Tried] = []
        place: dict[str, Any] = {}
        try:
            with self._database().reading() as session:
                me = answers.learner_id(session)
                if me:
                    tried = [of(it) for it in answers.attempts(session, me, questionnaire)]
                    place = answers.place(session, me, questionnaire)
        except StoreError as error:
            self.trouble = str(error)
        waits, mine = self._waiting.get(questionnaire, ([], {}))
        return [*tried, *waits], mine or place

    def keep(self, questionnaire: str, tried: list[Tried], place: dict[str, Any]) -> None:
        """See `Keeper`; raises nothing: `trouble` says what is wrong."""
        with self._one_at_a_time:
            waits, _ = self._waiting.get(questionnaire, ([], {}))
            self._waiting[questionnaire] = ([*waits, *tried], place)
            self._write()

    def again(self) -> bool:
        """Tries to write what waits; whether nothing waits any more."""
        with self._one_at_a_time:
            if self._waiting:
                self._write()
            return not self._waiting

    def _write(self) -> None:
        try:
            with self._database().writing() as session:
                me = answers.the_learner(session).id
                for questionnaire, (tried, place) in self._waiting.items():
                    session.add_all(row(it, questionnaire, me) for it in tried)
                    answers.keep_place(session, me, questionnaire, place)
        except StoreError as error:
            self.trouble = f"{error} {HERE}"
        else:
            self._waiting, self.trouble = {}, ""


HERE = "Your answers stay here meanwhile and are kept as soon as that works again."


def row(it: Tried, questionnaire: str, learner: str) -> Attempt:
    """An answer as a row of the database."""
    return Attempt(questionnaire=questionnaire, learner_id=learner, **vars(it))


def of(it: Attempt) -> Tried:
    """A row as an answer."""
    names = ("question", "revision", "answer", "share", "by_oneself", "hints", "exam", "id", "at")
    return Tried(**{name: getattr(it, name) for name in names})
