"""Questions, one at a time: answered, explained, kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.errors import CourseError
from coursekit.core.kernel import shell
from coursekit.core.wording import Text
from coursekit.panels.panel import in_kernel
from coursekit.panels.quiz.answering import Answering
from coursekit.panels.quiz.model import EXAM, QuizModel, score_line
from coursekit.panels.served import in_app
from coursekit.quiz.keeping import Keeper, Stored
from coursekit.quiz.kinds import Code
from coursekit.quiz.lessons import path_of
from coursekit.quiz.questionnaire import Questionnaire, read
from coursekit.quiz.sitting import Sitting
from coursekit.store.database import database

if TYPE_CHECKING:
    from ipywidgets import VBox


class Quiz(Answering):
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
        CourseError: The file can't be read, or has mistakes in it, which are named; or no question
            of it can be asked here.

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
        Right.
    """

    name = "quiz"
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
        self.elsewhere = "" if here else it.apart
        if not offered.questions:
            raise CourseError(f"No question of {it.title} can be asked here. {self.elsewhere}")
        sitting = Sitting(offered, keeper or Stored(database), seed, exam)
        self.model = QuizModel(sitting, own_variables if here else None)

    @property
    def asked(self) -> QuizModel:
        return self.model

    def hand_in(self) -> str:
        """Ends the exam, and gives what was reached; what is right is told from then on.

        Where questions have no answer the first call only says how many; the next one ends it.
        """
        self.model.hand_in()
        return Text(self.model.said or self.model.trouble or "There is no exam to be handed in.")

    @property
    def score(self) -> str:
        """What was reached so far."""
        return score_line(self.model.sitting.score())

    def text(self) -> str:
        shown = self.model.shown
        head = f"{self.title}: question {shown['number']} of {shown['of']} ({shown['status']})"
        score = EXAM if self.model.sitting.hides else self.score
        return "\n".join([head, "", *self.as_lines(), "", *filter(None, [score, self.elsewhere]),
                          self.calls()])  # fmt: skip

    def widgets(self) -> VBox:
        from coursekit.panels.quiz.view import quiz_view

        return quiz_view(self.model, self.title, self.elsewhere)


def asks_for_variables() -> bool:
    """Whether a learner's own variables are here: in a notebook, not on a page that is served."""
    return in_kernel() and not in_app()


def own_variables() -> Mapping[str, Any]:
    """The learner's variables by their names."""
    found: Mapping[str, Any] = shell().user_ns
    return found
