"""The kinds of questions: what each holds, and what an answer to it is worth.

Answers are plain JSON values, so that they can be kept and sent as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from coursekit.core.errors import CourseError
from coursekit.core.wording import listing, plural
from coursekit.quiz import expression, wordmatch
from coursekit.quiz.numbers import Interval, NoNumber, number_in
from coursekit.quiz.typed import Typed


class NoAnswer(CourseError):
    """What was given does not fit the question at all: nothing is counted."""


@dataclass(frozen=True)
class Grade:
    """What an answer is worth.

    Attributes:
        share: Of the question's point, 0 to 1.
        feedback: What to say of this very answer, Markdown; there may be nothing.
        by_oneself: Whether the learner judged it, and no rule.
    """

    share: float
    feedback: tuple[str, ...] = ()
    by_oneself: bool = False

    @property
    def right(self) -> bool:
        """Whether nothing is missing."""
        return self.share == 1


@dataclass(frozen=True)
class Kind:
    """What all kinds are; `name` is what a file calls it."""

    name: ClassVar[str]

    def grade(self, answer: Any) -> Grade:
        """What an answer is worth.

        Raises:
            NoAnswer: It is none that this question can have.
        """
        raise NotImplementedError

    def solution(self) -> str:
        """The right answer, Markdown."""
        raise NotImplementedError


@dataclass(frozen=True)
class Choice:
    """Something to choose, Markdown; `feedback` is for whoever errs about it."""

    text: str
    right: bool
    feedback: str = ""


@dataclass(frozen=True)
class OneChoice(Kind):
    """One of several choices is right; the answer is its place in the file, from 0."""

    name = "one"
    choices: tuple[Choice, ...]

    def grade(self, answer: Any) -> Grade:
        (place,) = places([answer], len(self.choices))
        chosen = self.choices[place]
        return Grade(float(chosen.right), said(chosen.feedback))

    def solution(self) -> str:
        return next(choice.text for choice in self.choices if choice.right)


@dataclass(frozen=True)
class SeveralChoices(Kind):
    """Any number of the choices is right; the answer lists their places in the file, from 0.

    Each right choice that is taken counts, each wrong one takes a right one's worth away.
    """

    name = "several"
    choices: tuple[Choice, ...]

    def grade(self, answer: Any) -> Grade:
        if not (taken := set(places(answer, len(self.choices)))):
            raise NoAnswer("Nothing was chosen yet.")
        right = {place for place, choice in enumerate(self.choices) if choice.right}
        worth = len(taken & right) - len(taken - right)
        wrong = [self.choices[place].feedback for place in sorted(taken ^ right)]
        return Grade(max(0.0, worth / len(right)), said(*wrong))

    def solution(self) -> str:
        return as_list(choice.text for choice in self.choices if choice.right)


@dataclass(frozen=True)
class Number(Kind):
    """A number within an interval, in a unit; the answer is what was typed."""

    name = "number"
    within: Interval
    unit: str = ""

    def grade(self, answer: Any) -> Grade:
        try:
            given = number_in(words(answer), self.unit)
        except NoNumber as error:
            raise NoAnswer(str(error)) from None
        return Grade(float(self.within.has(given)))

    def solution(self) -> str:
        return f"{self.within} {self.unit}".strip()


@dataclass(frozen=True)
class ShortText(Kind):
    """A word or two; the answer is what was typed.

    Attributes:
        accept: All that is right.
        typos: How many letters may be missing, added, wrong or swapped.
        case: Whether capitals matter.
        wrong: What is near and wrong, with what to say of it; no typo makes it right.
    """

    name = "text"
    accept: tuple[str, ...]
    typos: int = 0
    case: bool = False
    wrong: Mapping[str, str] = field(default_factory=dict)

    def grade(self, answer: Any) -> Grade:
        given = words(answer)
        if not given:
            raise NoAnswer("Nothing was typed. A word or two are asked for.")
        found = wordmatch.nearest(given, [*self.accept, *self.wrong], self.typos, self.case)
        if found is None:
            return Grade(0.0)
        return Grade(float(found in self.accept), said(self.wrong.get(found, "")))

    def solution(self) -> str:
        return listing(self.accept, most=20, joint="or")


@dataclass(frozen=True)
class FreeText(Kind):
    """Sentences that the learner compares with a model answer.

    The answer is `{"text": what was written, "met": [for each point of the rubric]}`.
    """

    name = "free"
    model: str
    rubric: tuple[str, ...]

    def grade(self, answer: Any) -> Grade:
        met = answer.get("met") if isinstance(answer, Mapping) else None
        if not isinstance(met, Sequence) or [type(it) for it in met] != [bool] * len(self.rubric):
            points = plural(len(self.rubric), "point")
            raise NoAnswer(f"Say of each of the {points} whether your answer has it.")
        if not words(answer.get("text")):
            raise NoAnswer("Nothing was written yet. Write your own answer first.")
        return Grade(sum(met) / len(met), by_oneself=True)

    def solution(self) -> str:
        return self.model


@dataclass(frozen=True)
class PutInOrder(Kind):
    """Things in their right order; the answer has their places in the file, from 0, reordered.

    Each two neighbours of the file that the answer has in that order count.
    """

    name = "order"
    items: tuple[str, ...]

    def grade(self, answer: Any) -> Grade:
        order = places(answer, len(self.items))
        if sorted(order) != list(range(len(self.items))):
            raise NoAnswer(f"All {len(self.items)} are to be put in order, each once.")
        at = {item: place for place, item in enumerate(order)}
        kept = sum(at[item] < at[item + 1] for item in range(len(self.items) - 1))
        return Grade(kept / (len(self.items) - 1))

    def solution(self) -> str:
        return "\n".join(f"{n}. {item}" for n, item in enumerate(self.items, 1))


@dataclass(frozen=True)
class MatchPairs(Kind):
    """Things that belong together; the answer has for each left one the place of its right one."""

    name = "pairs"
    pairs: tuple[tuple[str, str], ...]

    def grade(self, answer: Any) -> Grade:
        given = places(answer, len(self.pairs))
        if len(given) != len(self.pairs):
            raise NoAnswer(f"All {len(self.pairs)} are to be matched.")
        rights = [right for _, right in self.pairs]  # two may read the same
        met = sum(
            rights[place] == right for place, (_, right) in zip(given, self.pairs, strict=True)
        )
        return Grade(met / len(self.pairs))

    def solution(self) -> str:
        return as_list(f"{left}: {right}" for left, right in self.pairs)


@dataclass(frozen=True)
class Code(Kind):
    """A condition that the learner's own variables meet.

    Attributes:
        check: The condition, see `expression`; it may use `answer`.
        asks: Whether it does: then the answer is what was typed, a number or a text.
    """

    name = "code"
    check: str

    @property
    def asks(self) -> bool:
        return "answer" in expression.names(self.check)

    def grade(self, answer: Any) -> Grade:
        raise NoAnswer("This question is about your own variables: answer it in a notebook.")

    def grade_with(self, answer: Any, variables: Mapping[str, Any]) -> Grade:
        """As `grade`, with the learner's variables by their names.

        Raises:
            NoAnswer: A variable is not there, or lacks what is asked of it.
        """
        if self.asks and not words(answer):
            raise NoAnswer("Nothing was typed. A number or a word is asked for.")
        given = {"answer": Typed(words(answer))} if self.asks else {}
        try:
            return Grade(float(bool(expression.value(self.check, {**variables, **given}))))
        except expression.NoValue as error:
            raise NoAnswer(str(error)) from None

    def solution(self) -> str:
        return f"`{self.check}`"


KINDS = (
    OneChoice, SeveralChoices, Number, ShortText, FreeText, PutInOrder, MatchPairs, Code,
)  # fmt: skip


def places(answer: Any, n: int) -> list[int]:
    """The answer as places in a list of `n`.

    Raises:
        NoAnswer: It is no list, or a place is none.
    """
    if not isinstance(answer, list | tuple) or not all(type(it) is int for it in answer):
        raise NoAnswer("Nothing was chosen yet.")
    if not all(0 <= place < n for place in answer):
        raise NoAnswer("There is no such choice. Load the page anew: the questions have changed.")
    return list(answer)


def words(answer: Any) -> str:
    """The answer as it was typed, without spaces around it."""
    return answer.strip() if isinstance(answer, str) else ""


def said(*feedback: str) -> tuple[str, ...]:
    """Without what says nothing."""
    return tuple(filter(None, feedback))


def as_list(items: Any) -> str:
    """A Markdown list."""
    return "\n".join(f"- {item}" for item in items)
