"""How far each learner of a report has come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from coursekit.quiz.questionnaire import Question
from coursekit.quiz.results import Results


@dataclass(frozen=True)
class Asked:
    """A question as it is worded now; `question` is None where its file is not known."""

    id: str
    revision: str
    question: Question | None


@dataclass(frozen=True)
class Standing:
    """How a learner stands; first attempts count, at questions as they are worded now.

    Attributes:
        name: The learner's, else the file's.
        checked: Answered questions that a rule judged; `right` of them were wholly right.
        judged: Answered questions that the learner judged, who gave themselves `points`, one each
            at most.
        last: When the latest answer was given, whichever it was.
    """

    name: str
    checked: int
    right: int
    judged: int
    points: float
    last: datetime

    @property
    def answered(self) -> int:
        """Questions with an answer."""
        return self.checked + self.judged


def standings(learners: Iterable[Results], asked: Sequence[Asked]) -> tuple[Standing, ...]:
    """Where each learner who answered something stands, by name."""
    made = [_standing(it, asked) for it in learners if it.answers]
    return tuple(sorted(made, key=lambda it: it.name.casefold()))


def _standing(who: Results, asked: Sequence[Asked]) -> Standing:
    firsts = [given[0] for it in asked if (given := who.given.get((it.id, it.revision)))]
    judged = [it for it in firsts if it.by_oneself]
    checked = [it for it in firsts if not it.by_oneself]
    last = max(it.at for given in who.given.values() for it in given)
    right = sum(it.share == 1 for it in checked)
    points = sum(it.share for it in judged)
    return Standing(who.called, len(checked), right, len(judged), points, last)
