"""Spaced review: which questions come back today, and when each comes back next.

Source: the free spaced repetition scheduler, FSRS-6, in the package `fsrs` (Ye, A Stochastic
Shortest Path Algorithm for Optimizing Spaced Repetition Scheduling, KDD 2022).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from fsrs import Card as Schedule
from fsrs import Rating, Scheduler
from sqlalchemy.orm import Session

from coursekit.core.wording import plural
from coursekit.quiz.keeping import Kept, Stored, Tried
from coursekit.quiz.kinds import Code
from coursekit.quiz.questionnaire import Question, Questionnaire
from coursekit.store import answers, cards
from coursekit.store.database import Database
from coursekit.store.tables import Card

NEW_A_DAY = 10
"""Questions a day that were never reviewed before; each comes back several times in a week."""

MOST = 100
"""Of those that are due, in one go."""

SURE = 15.0
"""Seconds in which a right answer without a hint was an easy one."""

AHEAD = 14
"""Days of the forecast."""

WORDS = {Rating.Again: "again", Rating.Hard: "hard", Rating.Good: "good", Rating.Easy: "easy"}
Now = Callable[[], datetime]


def now_utc() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def rating(tried: Tried, seconds: float) -> Rating:
    """How well a question was remembered, by how its answer went."""
    if tried.share < 0.5:
        return Rating.Again
    if tried.share < 1 or tried.hints:
        return Rating.Hard
    return Rating.Easy if seconds <= SURE and not tried.by_oneself else Rating.Good


@dataclass(frozen=True)
class Next:
    """What a review came to: how it was rated, in a word, and when the question comes back."""

    rated: str
    due: datetime

    def says(self, now: datetime) -> str:
        """`Rated good: it comes back in 3 days.`, say."""
        return f"Rated {self.rated}: it comes back {until(self.due - now)}."


def until(left: timedelta) -> str:
    """`in 10 minutes`, `tomorrow`, `in 3 days`."""
    minutes = max(1, round(left.total_seconds() / 60))
    if minutes < 60:
        return f"in {plural(minutes, 'minute')}"
    if minutes < 24 * 60:
        return f"in {plural(round(minutes / 60), 'hour')}"
    days = round(minutes / 60 / 24)
    return "tomorrow" if days == 1 else f"in {plural(days, 'day')}"


class Reviews:
    """A learner's cards over all questionnaires.

    Args:
        questionnaires: Whose questions are reviewed; those about own variables are left out.
        database: Where cards are kept.
        new_a_day: How many questions may begin each day.
        scheduler: Says when a question comes back.
        now: The clock.
    """

    def __init__(
        self,
        questionnaires: Sequence[Questionnaire],
        database: Callable[[], Database],
        new_a_day: int = NEW_A_DAY,
        scheduler: Scheduler | None = None,
        now: Now = now_utc,
    ) -> None:
        self.questionnaires = {it.id: it.without(Code) for it in questionnaires}
        self._database, self._now = database, now
        self.new_a_day, self.scheduler = new_a_day, scheduler or Scheduler()

    def today(self) -> list[tuple[str, Question]]:
        """What is asked today, with its questionnaire's id: what is due, then what is new.

        Raises:
            StoreError: The database can't be read.
        """
        until = self._end_of_day()
        with self._database().reading() as session:
            me = answers.learner_id(session) or ""
            due = [(it.questionnaire, it.question) for it in cards.due(session, me, until, MOST)]
            left = self.new_a_day - cards.begun_since(session, me, until - timedelta(days=1))
            new = islice(self._new(session, me), max(0, left))
            wanted = [*due, *new]
        return [(id, found) for id, name in wanted if (found := self._find(id, name))]

    def _new(self, session: Session, me: str) -> Iterator[tuple[str, str]]:
        """What was never reviewed, looked up as far as somebody asks."""
        for id, it in self.questionnaires.items():
            known = cards.known(session, me, id)
            yield from ((id, question.id) for question in it.questions if question.id not in known)

    def reviewed(self, questionnaire: str, tried: Tried, rated: Rating) -> Next:
        """Keeps how well a question was remembered, and says when it comes back.

        Raises:
            StoreError: It can't be kept.
        """
        with self._database().writing() as session:
            me = answers.the_learner(session).id
            return self.review(session, me, questionnaire, tried.question, rated, self._now())

    def review(
        self, session: Session, me: str, questionnaire: str, question: str, rated: Rating,
        at: datetime,
    ) -> Next:  # fmt: skip
        """Likewise, in a transaction that has begun; the same review twice is one."""
        card = session.get(Card, (me, questionnaire, question))
        if card is None:
            card = Card(learner_id=me, questionnaire=questionnaire, question=question, begun=at)
            session.add(card)
        state: Any = card.state
        it = Schedule.from_dict(state) if state else Schedule(card_id=1)
        if it.last_review != at:
            it, _ = self.scheduler.review_card(it, rated, at)
            card.due, card.state = it.due, dict(it.to_dict())
        return Next(WORDS[rated], it.due)

    def forecast(self, days: int = AHEAD) -> list[tuple[date, int]]:
        """How many questions are due on each of the next days, today with all that is overdue.

        Raises:
            StoreError: The database can't be read.
        """
        first = self._now().astimezone().date()
        dates = [first + timedelta(days=n) for n in range(days)]
        ends = [datetime.combine(it + timedelta(days=1), time()).astimezone() for it in dates]
        starts = [None, *ends[:-1]]  # what is overdue is due today
        with self._database().reading() as session:
            me = answers.learner_id(session) or ""
            return [
                (day, cards.due_between(session, me, start, end))
                for day, start, end in zip(dates, starts, ends, strict=True)
            ]

    def _find(self, questionnaire: str, question: str) -> Question | None:
        """The question; None where its file has it no more."""
        it = self.questionnaires.get(questionnaire)
        return next((q for q in it.questions if q.id == question), None) if it else None

    def _end_of_day(self) -> datetime:
        """Midnight to come, where the learner is."""
        here = self._now().astimezone()
        tomorrow = datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo)
        return tomorrow.astimezone(UTC)


class ReviewKeeper:
    """Keeps answers of a review with their own questionnaire, and when each question comes back.

    A review is a questionnaire of questions from several; their ids are `lesson/question`.

    Attributes:
        next: What the latest review came to.
        began: When the present question was shown first.
    """

    unread = False

    def __init__(self, reviews: Reviews, stored: Stored, now: Now = now_utc) -> None:
        self.reviews, self._stored, self._now = reviews, stored, now
        self.next: Next | None = None
        self.began = now()
        self._tried: list[Tried] = []
        self._place: dict[str, Any] = {}

    @property
    def trouble(self) -> str:
        """See `Keeper`."""
        return self._stored.trouble

    @property
    def changed(self) -> Callable[[], object]:
        """See `Keeper`."""
        return self._stored.changed

    @changed.setter
    def changed(self, call: Callable[[], object]) -> None:
        self._stored.changed = call

    def again(self) -> bool:
        """See `Stored`."""
        return self._stored.again()

    def load(self, questionnaire: str) -> Kept | None:
        """See `Keeper`: a review has what was answered in it, and nothing else."""
        del questionnaire
        return list(self._tried), dict(self._place)

    def keep(self, questionnaire: str, tried: list[Tried], place: dict[str, Any]) -> None:
        """See `Keeper`. The first answer to a question says when it comes back."""
        del questionnaire
        if place.get("at") != self._place.get("at"):
            self.began, self.next = self._now(), None
        self._place = dict(place)
        for it in tried:
            first = all(before.question != it.question for before in self._tried)
            self._tried.append(it)
            self._keep(it, first)

    def _keep(self, it: Tried, first: bool) -> None:
        questionnaire, _, question = it.question.partition("/")
        own = Tried(**{**vars(it), "question": question})
        at = self._now()
        rated = rating(it, (at - self.began).total_seconds())

        def review(session: Session, me: str) -> None:
            coming = self.reviews.review(session, me, questionnaire, question, rated, at)
            if self._place.get("at", it.question) == it.question:  # it may be written much later
                self.next = coming

        self._stored.keep(questionnaire, [own], None, review if first else None)


def todays(reviews: Reviews) -> Questionnaire | None:
    """What is asked today as one questionnaire; None where nothing is.

    Raises:
        StoreError: The database can't be read.
    """
    found = tuple(replace(it, id=f"{id}/{it.id}") for id, it in reviews.today())
    paths = [it.path for it in reviews.questionnaires.values()]
    return Questionnaire("review", "Review", found, paths[0]) if found else None
