"""Questions, one at a time: answered, explained, kept."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.panels.panel import Panel, in_kernel
from coursekit.panels.quiz.model import QuizModel, score_line
from coursekit.panels.served import in_app
from coursekit.quiz import showing
from coursekit.quiz.keeping import Keeper, Stored
from coursekit.quiz.kinds import Code
from coursekit.quiz.lessons import path_of
from coursekit.quiz.questionnaire import Questionnaire, read
from coursekit.quiz.sitting import Sitting
from coursekit.store.database import database

if TYPE_CHECKING:
    from ipywidgets import VBox


class Quiz(Panel):
    """Asks the questions of a file; answers and the place in it are there again next time.

    Questions about the learner's own variables are asked in notebooks only.

    Args:
        questions: A Markdown file of questions, see docs/questions.md, a lesson's number, or a
            `Questionnaire`.
        exam: Whether what is right is told only once everything was handed in. Answers on one's own
            disk are no secret: this hides them from the eye only.
        seed: Shuffles the questions, always the same way; None leaves the file's order.
        keeper: Where answers are kept; None: in the database.

    Raises:
        CourseError: The file can't be read, or has mistakes in it; they are named.

    Example:
        >>> from coursekit.quiz.questionnaire import parse
        >>> from coursekit.quiz.keeping import Memory
        >>> text = '''---
        ... id: example
        ... format: 1
        ... ---
        ... ## what-judges
        ... ```yaml
        ... kind: text
        ... accept: [validation set]
        ... ```
        ... Which items judge a model?
        ... ### Explanation
        ... It never saw them.
        ... '''
        >>> quiz = Quiz(parse(text)[0], keeper=Memory())
        >>> quiz.answer("Validation set")
        'Right.'
    """

    model: QuizModel

    def __init__(
        self,
        questions: Path | str | int | Questionnaire,
        exam: bool = False,
        seed: int | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        path = path_of(questions) if isinstance(questions, int) else questions
        it = path if isinstance(path, Questionnaire) else read(path)
        self.title = it.title
        here = asks_for_variables()
        offered = it if here else it.without(Code)
        sitting = Sitting(offered, keeper or Stored(database), seed, exam)
        self.model = QuizModel(sitting, own_variables if here else None)

    def answer(self, answer: Any) -> str:
        """Answers the present question.

        Args:
            answer: A choice's number from 1, or several; what is typed; the order of the numbers;
                for pairs the right side's number for each left one; for sentences
                `{"text": "...", "met": [True, False]}`.

        Returns:
            What it came to, in words.

        Raises:
            CourseError: It is no answer to this question.
        """
        self._done(lambda: self.model.answer(from_one(answer)))
        return self.model.said

    def hint(self) -> None:
        """Shows one hint more."""
        self.model.hint()

    def solution(self) -> None:
        """Shows the solution; answers after it count no more."""
        self.model.solve()

    def skip(self) -> None:
        """Leaves the question for later."""
        self.model.skip()

    def flag(self) -> None:
        """Marks the question to come back to, or takes the mark away."""
        self.model.flag()

    def next(self) -> None:
        """Goes on to the next question without an answer."""
        self.model.next()

    def go(self, id: str) -> None:
        """Asks the question of that id."""
        self.model.go(id)

    def hand_in(self) -> None:
        """Ends the exam; what is right is told then."""
        self.model.hand_in()

    @property
    def score(self) -> str:
        """What was reached so far."""
        return score_line(self.model.sitting.score())

    def text(self) -> str:
        shown, question = self.model.shown, self.model.sitting.question()
        lines = [f"{self.title}: question {shown['number']} of {shown['of']} ({shown['status']})"]
        lines += ["", question.text, *as_lines(shown, question), ""]
        lines += [f"Hint: {hint}" for hint in question.hints[: len(shown["hints"])]]
        if shown["explanation"]:
            lines += [self.model.said, question.explanation]
        lines += [self.model.message, self.model.trouble, self.score]
        calls = "quiz.answer(...), quiz.hint(), quiz.solution(), quiz.skip(), quiz.next()"
        return "\n".join([*filter(None, lines), f"Now: {calls}."])

    def widgets(self) -> VBox:
        from coursekit.panels.quiz.view import quiz_view

        return quiz_view(self.model, self.title)


def as_lines(shown: Mapping[str, Any], question: Any) -> list[str]:
    """What is chosen from, numbered as `answer` takes it."""
    known = showing.parts(question.kind)
    rows = [known[place] for place in showing.shuffled(question)]
    numbered = [f"  {number}. {words}" for number, words in enumerate(rows, 1)]
    lefts = [f"  {left}: ?" for left, _ in question.kind.pairs] if "lefts" in shown else []
    return [*lefts, *numbered]


def from_one(answer: Any) -> Any:
    """An answer with its numbers counted from 0."""
    if isinstance(answer, int) and not isinstance(answer, bool):
        return answer - 1
    if isinstance(answer, list | tuple):
        return [from_one(it) for it in answer]
    return answer


def asks_for_variables() -> bool:
    """Whether a learner's own variables are here: in a notebook, not on a page that is served."""
    return in_kernel() and not in_app()


def own_variables() -> Mapping[str, Any]:
    """The learner's variables by their names."""
    shell: Any = sys.modules["IPython"].get_ipython()
    found: Mapping[str, Any] = shell.user_ns
    return found
