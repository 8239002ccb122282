"""The questions of all lessons, each again when it is about to be forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.errors import CourseError
from coursekit.core.wording import Text
from coursekit.panels.quiz.answering import Answering
from coursekit.panels.quiz.model import QuizModel
from coursekit.panels.review.model import ReviewModel
from coursekit.quiz.keeping import Stored
from coursekit.quiz.lessons import questionnaires
from coursekit.quiz.review import NEW_A_DAY, Reviews
from coursekit.store.database import database

if TYPE_CHECKING:
    from ipywidgets import VBox


class Review(Answering):
    """Asks what is due today, and some questions that are new; says when each comes back.

    Args:
        lessons: A folder of questionnaires, `*_questions.md`, or a file; None: those that come
            along.
        new_a_day: How many questions may begin each day.
    """

    name = "review"
    model: ReviewModel

    def __init__(self, lessons: Path | str | None = None, new_a_day: int = NEW_A_DAY) -> None:
        folder = Path(lessons) if lessons is not None else None

        def reviews() -> Reviews:
            return Reviews(questionnaires(folder), database, new_a_day=new_a_day)

        self.model = ReviewModel(reviews, lambda: Stored(database))

    @property
    def asked(self) -> QuizModel:
        quiz: QuizModel | None = self.model.quiz
        if quiz is None:
            raise CourseError(self.model.message or self.model.stands)
        return quiz

    def answer(self, answer: Any = None) -> str:
        """See `Quiz.answer`; says when the question comes back, too."""
        said = super().answer(answer)
        self.model.settle()
        return Text(f"{said} {self.model.rated}".strip())

    def text(self) -> str:
        lines = [f"Review. {self.model.stands}", self.model.message]
        if self.model.quiz:
            lines += [*self.as_lines(), self.model.rated, self.calls()]
        return "\n".join(filter(None, lines))

    def widgets(self) -> VBox:
        from coursekit.panels.review.view import review_view

        return review_view(self.model)
