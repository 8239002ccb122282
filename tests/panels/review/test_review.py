"""The review panel without a page."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import ipywidgets.widgets.widget as widgets
import pytest

from coursekit import Review
from coursekit.core.errors import CourseError
from coursekit.panels.review.view import forecast_table

QUESTIONS = Path(__file__).parents[2] / "questions.md"


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    (tmp_path / "01_questions.md").write_text(QUESTIONS.read_text())
    return tmp_path


def test_a_days_review_is_played_in_code(lessons: Path) -> None:
    review = Review(lessons, new_a_day=2)
    assert review.model.stands == "2 questions to review today."
    choices = review.model.quiz.shown["choices"]
    said = review.answer(1 + choices.index("Those that it never saw."))
    assert re.match(r"Right\. Rated easy: it comes back in \d+ days\.", said)  # it is fuzzed
    review.next()
    assert "Which two are parts of a run?" in repr(review)
    assert "choices that are right: review.answer([1, 3]). Or review.hint()" in repr(review)
    review.go(1)
    assert review.solution().startswith("Solution: Those that it never saw.\nWhy: ")
    review.go("for-tests/parts")
    review.answer([1 + review.model.quiz.shown["choices"].index("A label.")])
    assert "Rated again: it comes back in 1 minute." in repr(review)
    assert review.model.stands == (
        "Nothing is to be reviewed now. The next question comes back today, a little later."
    )
    again = Review(lessons, new_a_day=2)
    assert again.model.stands == "1 question to review today."
    assert again.model.quiz.shown["status"] == "not attempted"
    assert sum(count for _, count in again.model.forecast) == 2


def test_nothing_to_review_is_said(lessons: Path) -> None:
    review = Review(lessons, new_a_day=0)
    assert repr(review) == "Review. Nothing is to be reviewed now."
    with pytest.raises(CourseError, match="Nothing is to be reviewed"):
        review.answer(1)
    with pytest.raises(CourseError, match="Nothing is to be reviewed"):
        review.next()


def test_a_file_with_mistakes_is_named_in_the_panel(lessons: Path) -> None:
    (lessons / "02_questions.md").write_text("nothing")
    review = Review(lessons)
    assert "02_questions.md:1:1" in repr(review)
    assert "Nothing is to be reviewed" not in repr(review)
    with pytest.raises(CourseError, match=r"02_questions\.md:1:1"):
        review.answer(1)


def test_looking_again_finds_what_is_new(lessons: Path) -> None:
    file = lessons / "01_questions.md"
    text = file.read_text()
    file.unlink()
    review = Review(lessons)
    view = review.view
    assert review.model.quiz is None
    file.write_text(text)
    review.model.again()
    assert review.model.quiz is not None
    assert review.view is view


def test_widgets_are_freed(lessons: Path) -> None:
    before = len(widgets._instances)
    review = Review(lessons)
    assert review.view is review.view
    review.close()
    assert len(widgets._instances) == before


def test_a_forecast_has_words_and_numbers() -> None:
    table = forecast_table([(date(2026, 5, 4), 3), (date(2026, 5, 5), 0)])
    assert "The next 2 days: 3 questions due" in table
    assert "<th scope='row'>Mon 04 May</th>" in table
    assert forecast_table([]) == ""
