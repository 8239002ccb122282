"""The questions of all lessons, each again when it is about to be forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.errors import CourseError
from coursekit.panels.panel import Panel
from coursekit.panels.quiz import as_lines, from_one
from coursekit.panels.review.model import ReviewModel
from coursekit.quiz.keeping import Stored
from coursekit.quiz.lessons import questionnaires
from coursekit.quiz.review import NEW_A_DAY, Reviews
from coursekit.store.database import database

if TYPE_CHECKING:
    from ipywidgets import VBox


class Review(Panel):
    """Asks what is due today, and some questions that are new; says when each comes back.

    Args:
        lessons: A folder of questionnaires, `*_questions.md`; None: those that come along.
        new_a_day: How many questions may begin each day.
    """

    model: ReviewModel

    def __init__(self, lessons: Path | str | None = None, new_a_day: int = NEW_A_DAY) -> None:
        folder = Path(lessons) if lessons is not None else None

        def reviews() -> Reviews:
            return Reviews(questionnaires(folder), database, new_a_day=new_a_day)

        self.model = ReviewModel(reviews, lambda: Stored(database))

    def answer(self, answer: Any) -> str:
        """Answers the present question, see `Quiz.answer`.

        Returns:
            What it came to, and when the question comes back, in words.

        Raises:
            CourseError: It is no answer to this question, or nothing is to be reviewed.
        """
        quiz = self.model.quiz
        if quiz is None:
            raise CourseError(self.model.stands)
        quiz.answer(from_one(answer))
        if quiz.message:
            raise CourseError(quiz.message)
        return f"{quiz.said} {self.model.rated}".strip()

    def next(self) -> None:
        """Goes on to the next question without an answer."""
        if self.model.quiz:
            self.model.quiz.next()

    def text(self) -> str:
        quiz = self.model.quiz
        lines = [f"Review. {self.model.stands}", self.model.message]
        if quiz:
            question = quiz.sitting.question()
            lines += [question.text, *as_lines(quiz.shown, question)]
            lines += [f"{quiz.said} {self.model.rated}".strip(), quiz.trouble]
            lines += ["Now: review.answer(...), review.next()."]
        return "\n".join(filter(None, lines))

    def widgets(self) -> VBox:
        from coursekit.panels.review.view import review_view

        return review_view(self.model)
