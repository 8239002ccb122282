"""The quiz panel without a page."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path
from types import SimpleNamespace

import ipywidgets.widgets.widget as widgets
import pytest
from traitlets import HasTraits

import coursekit.panels.quiz as panel
from coursekit.core.errors import CourseError
from coursekit.panels.quiz import Quiz
from coursekit.panels.quiz.model import QuizModel, score_line
from coursekit.panels.quiz.view import hearing, of, score_table
from coursekit.quiz.keeping import Memory
from coursekit.quiz.questionnaire import Mistakes, Questionnaire, parse
from coursekit.quiz.sitting import Score, Sitting

TEXT = """---
id: demo
format: 1
title: A few <questions>
---
# Data & labels

## first
```yaml
kind: one
```
Which?

- [ ] this
  > Not this.
- [x] that

### Hint
Look.

### Explanation
So it is.

## second
```yaml
kind: code
check: learn.score < 0.1
```
Train well.

### Explanation
Yes.
"""


@pytest.fixture
def questions() -> Questionnaire:
    found, mistakes = parse(TEXT)
    assert mistakes == []
    return found


@pytest.fixture
def quiz(questions: Questionnaire) -> Quiz:
    return Quiz(questions, keeper=Memory())


def place(quiz: Quiz, words: str) -> int:
    """The number, from 1, of the choice that says so."""
    return next(n for n, it in enumerate(quiz.model.shown["choices"], 1) if words in it)


def test_a_quiz_is_played_in_code(quiz: Quiz) -> None:
    assert "question 1 of 1 (not attempted)" in repr(quiz)
    assert quiz.answer(place(quiz, "this")) == "Not right. Not this."
    assert quiz.model.shown["feedback"] == ["<p>Not this.</p>"]
    assert quiz.hint() == "Look."
    assert "Hint: Look." in repr(quiz)
    assert quiz.model.said == "Not right."
    assert quiz.answer(place(quiz, "that")) == "Right."
    assert "So it is." in repr(quiz)
    assert quiz.score == "1 of 1 point checked; 1 of 1 question answered."


def test_own_variables_are_asked_about_in_notebooks_only(
    questions: Questionnaire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(Quiz(questions, keeper=Memory()).model.rows) == 1
    monkeypatch.setattr(panel, "asks_for_variables", lambda: True)
    monkeypatch.setattr(panel, "own_variables", dict)
    quiz = Quiz(questions, keeper=Memory())
    quiz.go("second")
    assert "question 2 of 2" in repr(quiz)
    assert "as your own variables are looked at: quiz.answer()." in repr(quiz)
    with pytest.raises(CourseError, match="no variable learn yet"):
        quiz.answer()


def test_questions_that_are_not_asked_here_are_said(quiz: Quiz, questions: Questionnaire) -> None:
    says = questions.apart
    assert says.startswith("1 of the 2 questions is about the learner's own variables")
    assert says in repr(quiz)
    assert escape(says) in widgets_text(quiz.view)
    quiz.close()
    only = replace(questions, questions=questions.questions[1:])
    with pytest.raises(CourseError, match=r"can be asked here\. 1 of the 1 question"):
        Quiz(only, keeper=Memory())


def test_a_lesson_without_questions_is_a_sentence() -> None:
    with pytest.raises(CourseError, match=r"^Lesson 7 has no questions\. Name another"):
        Quiz(7)


def test_the_learners_variables_are_asked(questions: Questionnaire) -> None:
    known = {"learn": SimpleNamespace(score=0.5)}
    model = QuizModel(Sitting(questions, Memory()), lambda: known)
    model.go("second")
    model.answer("")
    assert model.said == "Not right."
    known["learn"] = SimpleNamespace(score=0.05)
    model.answer("")
    assert model.said == "Right."


def test_every_click_does_what_it_says(questions: Questionnaire) -> None:
    model = QuizModel(Sitting(questions, Memory()))
    heard = hearing(model)
    for what, value in (("flag", None), ("hint", None), ("solve", 0), ("open the door", None)):
        heard(what, value, "first")
    shown = model.shown
    assert (shown["id"], shown["flagged"], len(shown["hints"])) == ("first", True, 1)
    assert shown["solution"] == "<p>that</p>"
    heard("go", "second", "first")
    heard("go", "nowhere", "second")
    heard("draft", {"odd": [1]}, "nowhere")
    heard("answer", {"odd": [1]}, "second")
    assert model.message
    heard("move", 10**9, "second")
    assert model.shown["id"] == "first"  # one forward or one back, whatever a page says


def test_what_is_meant_for_a_question_never_reaches_the_next(questions: Questionnaire) -> None:
    model = QuizModel(Sitting(questions, Memory()))
    heard = hearing(model)
    heard("go", "second", "first")
    heard("answer", 1, "first")
    heard("flag", None, "first")
    heard("draft", 1, "first")
    assert model.sitting.tried == []
    assert model.shown["written"] is None
    assert not model.shown["flagged"]
    heard("go", "first", "second")
    assert model.shown["written"] == 1


def test_an_exam_says_what_it_is_and_tells_nothing(questions: Questionnaire) -> None:
    exam = Quiz(questions, exam=True, keeper=Memory())
    assert "keeps nobody honest but yourself" in str(widgets_text(exam.view))
    said = exam.answer(place(exam, "that"))
    assert said.startswith("Your answer is kept.")
    assert "0 questions without an answer" in widgets_text(exam.view)
    exam.hand_in()
    assert exam.model.said.startswith("Handed in: 1 of 1 point checked")
    assert "1 of 1 point checked" in widgets_text(exam.view)
    exam.close()


def widgets_text(view: HasTraits) -> str:
    """All words in some widgets."""
    inner = [widgets_text(child) for child in getattr(view, "children", ())]
    own = [str(getattr(view, name, "")) for name in ("value", "text")]
    return " ".join([*own, *inner])


def test_the_score_tells_checked_and_judged_apart() -> None:
    assert score_line(Score("", 1.5, 4, 0.666, 2, 3, 6)) == (
        "1.5 of 4 points checked, 0.67 of 2 points judged by you; 3 of 6 questions answered."
    )
    table = score_table([Score("", 1, 1, 0, 0, 1, 1), Score("<b>", 1, 1, 0, 0, 1, 1)])
    assert "&lt;b&gt;" in table
    assert "<td>\N{EN DASH}</td>" in table
    assert of(0, 0) == "\N{EN DASH}"


def test_a_file_with_mistakes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "q.md").write_text(TEXT.replace("[x]", "[ ]"))
    with pytest.raises(Mistakes, match=r"q\.md:8:1: One choice, and only one"):
        Quiz(tmp_path / "q.md")


def test_widgets_are_made_once_and_freed(quiz: Quiz) -> None:
    before = len(widgets._instances)
    assert quiz.view is quiz.view
    quiz.close()
    assert len(widgets._instances) == before


def test_answers_are_kept_at_home_unless_somebody_says_otherwise(
    questions: Questionnaire, home: Path
) -> None:
    quiz = Quiz(questions)
    quiz.answer(place(quiz, "that"))
    again = Quiz(questions)
    assert again.model.shown["status"] == "right"
    assert again.model.trouble == ""
    assert (home / "coursekit.db").exists()
