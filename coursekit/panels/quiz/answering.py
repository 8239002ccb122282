"""A question as text, answered in code: the same as the page's buttons, with the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from coursekit.core.errors import CourseError
from coursekit.core.wording import Text, listing
from coursekit.panels.panel import Panel
from coursekit.panels.quiz.model import QuizModel
from coursekit.quiz import forms
from coursekit.quiz.kinds import FreeText, MatchPairs


class Answering(Panel):
    """What `Quiz` and `Review` are: a panel that asks one question at a time.

    Attributes:
        name: What the examples call it.
    """

    name: ClassVar[str]

    @property
    def asked(self) -> QuizModel:
        """What asks now.

        Raises:
            CourseError: Nothing is to be asked.
        """
        raise NotImplementedError

    def answer(self, answer: Any = None) -> str:
        """Answers the present question.

        Args:
            answer: For a choice its number from 1, or its text; for several choices, or things in
                their order, a list of those. What goes with each on the left, as a list or as
                `{"left": "right"}`. A number or a text where one is asked for. For sentences the
                text first; then, once the model answer is shown, the numbers of the points that
                yours has. Nothing where your variables are looked at.

        Returns:
            What it came to, in words.

        Raises:
            CourseError: It is no answer to this question; the sentence says what one is. Or the
                exam is over.
        """
        asked = self.asked
        asked.message = ""
        question = asked.sitting.question()
        try:
            asked.sitting.check_takes(question.id)
            given = forms.taken(question, asked.shown, answer, self.name)
        except CourseError as error:
            asked.message = str(error)
            raise
        if isinstance(given, Mapping) and "met" not in given and not asked.sitting.hides:
            asked.draft({**given, "compare": True}, question.id)
            return Text("\n".join([*compared(asked), self.form.in_code(self.name)]))
        asked.answer(given)
        if asked.message:
            raise CourseError(asked.message)
        return Text(" ".join([asked.said, *asked.feedback]))

    def hint(self) -> str:
        """Shows one hint more, and gives it."""
        asked = self.asked
        if asked.sitting.hides:
            return Text("An exam gives no hints.")
        before = len(asked.shown["hints"])
        asked.hint()
        after = len(asked.shown["hints"])
        question = asked.sitting.question()
        return Text(question.hints[before] if after > before else "There is no further hint.")

    def solution(self) -> str:
        """Shows the solution, and gives it; answers after it count no more."""
        asked = self.asked
        asked.solve()
        return Text("\n".join(solved(asked)) or "An exam shows solutions once it is handed in.")

    def skip(self) -> None:
        """Leaves the question for later."""
        self.asked.skip()

    def flag(self) -> None:
        """Marks the question to come back to, or takes the mark away."""
        self.asked.flag()

    def next(self) -> None:
        """Goes on to the next question without an answer."""
        self.asked.next()

    def go(self, question: int | str) -> None:
        """Asks another question.

        Args:
            question: Its number, from 1, or its id.

        Raises:
            CourseError: There is no such question.
        """
        asked = self.asked
        asked.go(asked.sitting.id_of(question))

    @property
    def form(self) -> forms.Form:
        """How the present question is answered."""
        return forms.form(self.asked.sitting.question(), self.asked.shown)

    def as_lines(self) -> list[str]:
        """The present question with all that is told of it, and what to call next."""
        asked = self.asked
        question, shown = asked.sitting.question(), asked.shown
        hints = [f"Hint: {hint}" for hint in question.hints[: len(shown["hints"])]]
        lines = [question.text, *choices(asked), *compared(asked), *hints]
        lines += [" ".join([asked.said, *asked.feedback]).strip(), *solved(asked)]
        return [*filter(None, lines), *filter(None, [asked.message, asked.trouble])]

    def calls(self) -> str:
        """What to call next, a line."""
        sitting = self.asked.sitting
        more = ["hand_in()", "skip()"] if sitting.hides else ["hint()", "solution()", "skip()"]
        more = [*([] if sitting.handed_in else more), "next()", "go(2)"]
        how = [self.form.in_code(self.name)] if sitting.takes(sitting.at) else []
        how = [it for it in how if not self.asked.message.endswith(it)]  # it was said just before
        return " ".join([*how, f"Or {listing((f'{self.name}.{it}' for it in more), 9, 'or')}."])


def choices(asked: QuizModel) -> list[str]:
    """What is chosen from, numbered as `answer` takes it."""
    kind = asked.sitting.question().kind
    lefts = [f"  {left}: ?" for left, _ in kind.pairs] if isinstance(kind, MatchPairs) else []
    known = forms.options(asked.sitting.question())
    return [*lefts, *(f"  {number}. {words}" for number, words in enumerate(known, 1))]


def compared(asked: QuizModel) -> list[str]:
    """The model answer and the points of its rubric, where they are shown."""
    kind = asked.sitting.question().kind
    if not (isinstance(kind, FreeText) and asked.shown["rubric"]):
        return []
    points = [f"  {number}. {point}" for number, point in enumerate(kind.rubric, 1)]
    yours = f"Your answer: {asked.shown['written']['text']}"
    return [yours, f"A model answer: {kind.model}", "Points that an answer may have:", *points]


def solved(asked: QuizModel) -> list[str]:
    """The solution and the explanation, where they are shown."""
    question, shown = asked.sitting.question(), asked.shown
    solution = question.kind.solution()
    beside = "\n" if "\n" in solution else " "
    parts = [f"Solution:{beside}{solution}"] if shown["solution"] else []
    return [*parts, *([f"Why: {question.explanation}"] if shown["explanation"] else [])]
