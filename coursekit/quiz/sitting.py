"""A learner's way through a questionnaire: answers, hints, flags, the score. No widgets."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from coursekit.core import activity
from coursekit.core.errors import CourseError
from coursekit.quiz.keeping import Keeper, Tried
from coursekit.quiz.kinds import Code, FreeText, Grade, NoAnswer, words
from coursekit.quiz.questionnaire import Question, Questionnaire
from coursekit.store.tables import new_id

NOT_ATTEMPTED, RIGHT, PARTLY, WRONG = "not attempted", "right", "partly right", "wrong"
SKIPPED, ANSWERED, SOLVED = "skipped", "answered", "solution seen"


@dataclass(frozen=True)
class Score:
    """What answers were worth in a section, or in all.

    Attributes:
        section: Its heading; "" for all.
        checked: Points for what rules judged, best attempts, of `to_check`.
        judged: Points that the learner gave themselves, of `to_judge`.
        tried: Questions with an answer, of `questions`.
    """

    section: str
    checked: float
    to_check: int
    judged: float
    to_judge: int
    tried: int
    questions: int


class Sitting:
    """All that is known of a learner and a questionnaire; each change is kept at once.

    Args:
        questionnaire: The questions.
        keeper: Where answers are kept.
        seed: Shuffles the questions; None leaves the file's order.
        exam: Whether right and wrong are told only once everything was handed in.

    Attributes:
        order: The questions' ids as they are asked.
        tried: All answers, the earliest first.
        place: What else is kept: `at`, `flags`, `skipped`, `hints`, `solved`, `drafts`, `exam`.
    """

    def __init__(
        self,
        questionnaire: Questionnaire,
        keeper: Keeper,
        seed: int | None = None,
        exam: bool = False,
    ) -> None:
        self.questionnaire, self.keeper, self.is_exam = questionnaire, keeper, exam
        self.key = key_of(questionnaire.id, exam)
        self.order = [question.id for question in questionnaire.questions]
        if seed is not None:
            random.Random(seed).shuffle(self.order)  # noqa: S311 - nothing secret
        self.tried: list[Tried] = []
        self.place: dict[str, Any] = {}
        self.load()

    def load(self) -> None:
        """Takes what is kept, as another tab may have answered meanwhile."""
        found = self.keeper.load(self.key)
        if found is not None:
            self.tried, self.place = found
        if self.is_exam:
            self.place.setdefault("exam", new_id())

    def catch_up(self) -> None:
        """Takes what is kept where that could not be read so far, and may be now."""
        if self.keeper.unread and not self.keeper.trouble:
            self.load()

    @property
    def at(self) -> str:
        """The question that is asked now."""
        known = self.place.get("at")
        return known if known in self.order else self.order[0]

    @property
    def handed_in(self) -> bool:
        """Whether the exam is over."""
        return bool(self.place.get("handed_in"))

    @property
    def hides(self) -> bool:
        """Whether right and wrong are not told yet."""
        return self.is_exam and not self.handed_in

    def question(self, id: str | None = None) -> Question:
        """A question by its id; the present one without."""
        return self.questionnaire[id or self.at]

    def attempts(self, id: str) -> list[Tried]:
        """The answers to a question as it is now, the earliest first."""
        revision = self.questionnaire[id].revision
        mine = [it for it in self.tried if it.question == id and it.revision == revision]
        return [it for it in mine if it.exam == self.place.get("exam", "")]

    def best(self, id: str) -> Tried | None:
        """The best answer to a question, the first of equal ones."""
        return max(self.attempts(id), key=lambda it: it.share, default=None)

    def status(self, id: str) -> str:
        """How a question stands, in words."""
        if self.hides:
            return self._as_examined(id)
        tried = self.attempts(id)
        if tried:
            share = tried[-1].share
            return RIGHT if share == 1 else PARTLY if share else WRONG
        if id in self._list("solved"):
            return SOLVED
        return SKIPPED if id in self._list("skipped") else NOT_ATTEMPTED

    def _as_examined(self, id: str) -> str:
        if id in self.place.get("answers", {}):
            return ANSWERED
        return SKIPPED if id in self._list("skipped") else NOT_ATTEMPTED

    @property
    def open(self) -> int:
        """How many questions have no answer yet."""
        return sum(self.status(id) in (NOT_ATTEMPTED, SKIPPED) for id in self.order)

    def id_of(self, which: object) -> str:
        """A question's id, by its number in the order, from 1, or by the id itself.

        Raises:
            CourseError: There is no such question.
        """
        if isinstance(which, str) and which in self.order:
            return which
        n = len(self.order)
        if type(which) is int and 1 <= which <= n:
            return self.order[which - 1]
        name = f"question {which:.60}" if isinstance(which, str) else "such question"
        raise CourseError(
            f"There is no {name} here: go to one by its number, 1 to {n}, or by its id, "
            f"such as {self.at!r}."
        )

    def go(self, id: str) -> None:
        """Asks another question."""
        if id in self.order:
            self._keep(at=id)

    def move(self, steps: int) -> None:
        """Goes forward or back in the order, not past its ends."""
        place = self.order.index(self.at) + steps
        self.go(self.order[min(max(place, 0), len(self.order) - 1)])

    def skip(self) -> None:
        """Leaves the present question for later, and goes on to the next that waits."""
        id = self.at
        if self.status(id) == NOT_ATTEMPTED:
            self._keep(skipped=[*self._list("skipped"), id])
        self.next_open()

    def next_open(self) -> None:
        """Goes on to the next question without an answer; what was skipped comes last."""
        start = self.order.index(self.at) + 1
        ahead = [*self.order[start:], *self.order[:start]]
        for wanted in (NOT_ATTEMPTED, SKIPPED):
            if found := next((id for id in ahead if self.status(id) == wanted), None):
                self.go(found)
                return
        self.move(1)

    def flag(self, id: str | None = None) -> None:
        """Marks a question to come back to, or takes the mark away."""
        it, flags = id or self.at, self._list("flags")
        self._keep(flags=[x for x in flags if x != it] if it in flags else [*flags, it])

    def flagged(self, id: str) -> bool:
        """Whether it is marked."""
        return id in self._list("flags")

    def hint(self, id: str | None = None) -> None:
        """Shows one hint more; not in an exam."""
        it = id or self.at
        seen = self.hints(it)
        if not self.hides and seen < len(self.question(it).hints):
            self._keep(hints={**self.place.get("hints", {}), it: seen + 1})

    def hints(self, id: str) -> int:
        """How many were shown."""
        return int(self.place.get("hints", {}).get(id, 0))

    def solve(self, id: str | None = None) -> None:
        """Shows the solution; answers after it are judged, but count no more."""
        it = id or self.at
        if not self.hides and it not in self._list("solved"):
            self._keep(solved=[*self._list("solved"), it])

    def solved(self, id: str) -> bool:
        """Whether the solution was shown."""
        return id in self._list("solved")

    def draft(self, answer: Any, id: str | None = None) -> None:
        """Keeps what was begun and not handed in."""
        self._keep(drafts={**self.place.get("drafts", {}), id or self.at: answer})

    def drafted(self, id: str) -> Any:
        """What was begun."""
        return self.place.get("drafts", {}).get(id)

    def answer(
        self, answer: Any, id: str | None = None, variables: Mapping[str, Any] | None = None
    ) -> Grade | None:
        """Takes an answer, and says what it is worth; None in an exam, where that comes later.

        Args:
            answer: As the question's kind wants it.
            id: The question; None: the present one.
            variables: The learner's own, for questions about them.

        Raises:
            NoAnswer: It is none; nothing is counted.
            CourseError: The exam is over.
        """
        it = self.question(id)
        self.check_takes(it.id)
        if self.hides:
            self._note(it, answer, variables)
            return None
        grade = graded(it, answer, variables)
        activity.record("answer")
        if not self.solved(it.id):
            self._count(it, answer, grade)
        return grade

    def takes(self, id: str) -> bool:
        """Whether a question may be answered: after an exam, sentences wait to be judged."""
        judges = isinstance(self.question(id).kind, FreeText) and not self.attempts(id)
        return judges or not self.handed_in

    def check_takes(self, id: str) -> None:
        """Refuses a question that may not be answered any more.

        Raises:
            CourseError: The exam is over.
        """
        if not self.takes(id):
            raise CourseError("This exam is handed in; its answers stay as they are.")

    def _note(self, it: Question, answer: Any, variables: Mapping[str, Any] | None) -> None:
        """Keeps an answer of an exam; sentences are judged by the learner once it is over."""
        share = None
        if not isinstance(it.kind, FreeText):
            share = graded(it, answer, variables).share
        elif not (isinstance(answer, Mapping) and words(answer.get("text"))):
            raise NoAnswer("Nothing was written yet. Write your own answer first.")
        activity.record("answer")
        self._keep(answers={**self.place.get("answers", {}), it.id: [answer, share]})

    def _count(self, it: Question, answer: Any, grade: Grade) -> None:
        drafts = {key: value for key, value in self.place.get("drafts", {}).items() if key != it.id}
        about = (grade.share, grade.by_oneself, self.hints(it.id), self.place.get("exam", ""))
        tried = Tried(it.id, it.revision, answer, *about)
        self.place = self.place | {"drafts": drafts}
        self.tried.append(tried)
        self.keeper.keep(self.key, [tried], self.place)

    def hand_in(self) -> None:
        """Ends the exam: its answers count now, and what is right is told.

        What was written in sentences counts once the learner has judged it. Nothing happens as long
        as earlier answers of this exam can't be read, as it is handed in once.
        """
        if not self.hides or self.keeper.unread:
            return
        made = [
            Tried(id, self.question(id).revision, answer, share, exam=self.place["exam"])
            for id, (answer, share) in self.place.get("answers", {}).items()
            if id in self.order and share is not None
        ]
        self.place = self.place | {"handed_in": True}
        self.tried += made
        self.keeper.keep(self.key, made, self.place)

    def score(self, section: str = "") -> Score:
        """What was reached in a section, or in all; best attempts count."""
        mine = [q for q in self.questionnaire.questions if section in ("", q.section)]
        judged = [q for q in mine if isinstance(q.kind, FreeText)]
        checked = [q for q in mine if q not in judged]
        tried = sum(bool(self.attempts(q.id)) for q in mine)
        return Score(
            section, self._points(checked), len(checked), self._points(judged), len(judged),
            tried, len(mine),
        )  # fmt: skip

    def scores(self) -> list[Score]:
        """The score of each section."""
        return [self.score(section) for section in self.questionnaire.sections]

    def _points(self, questions: Iterable[Question]) -> float:
        best = (self.best(question.id) for question in questions)
        return sum(it.share for it in best if it)

    def _list(self, name: str) -> list[str]:
        return list(self.place.get(name, ()))

    def _keep(self, **changes: Any) -> None:
        self.place = self.place | changes
        self.keeper.keep(self.key, [], self.place)


def key_of(questionnaire: str, exam: bool) -> str:
    """What answers are kept by: those of an exam apart from practice."""
    return f"{questionnaire} (exam)" if exam else questionnaire


def graded(it: Question, answer: Any, variables: Mapping[str, Any] | None = None) -> Grade:
    """What an answer to a question is worth.

    Raises:
        NoAnswer: It is none, or asks about variables that are not there.
    """
    if isinstance(it.kind, Code):
        if variables is None:
            raise NoAnswer("This question is about your own variables: answer it in a notebook.")
        return it.kind.grade_with(answer, variables)
    return it.kind.grade(answer)
