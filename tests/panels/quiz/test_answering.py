"""A quiz played in code and read as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coursekit.core.errors import CourseError
from coursekit.panels.quiz import Quiz
from coursekit.panels.quiz.model import EXAM
from coursekit.quiz.keeping import Memory

QUESTIONS = Path(__file__).parents[2] / "questions.md"


@pytest.fixture
def quiz() -> Quiz:
    return Quiz(QUESTIONS, keeper=Memory())


@pytest.mark.parametrize("answer", [None, 0, 9, -1, "x", [1, 2], True, {"a": 1}, 2.5])
def test_what_is_no_answer_is_told_with_what_one_is(quiz: Quiz, answer: Any) -> None:
    with pytest.raises(
        CourseError, match=r"with the number or text of one choice: quiz\.answer\(2\)\."
    ):
        quiz.answer(answer)
    assert quiz.model.message in repr(quiz)
    assert quiz.model.sitting.tried == []


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (1, "the number or text of one choice: quiz.answer(2)."),
        (2, "the numbers or texts of all choices that are right: quiz.answer([1, 3])."),
        (3, "a number in %: quiz.answer(0.5)."),
        (4, 'a word or two: quiz.answer("text").'),
        (5, 'your own sentences: quiz.answer("text").'),
        (6, "all 3 numbers or texts in their right order: quiz.answer([2, 1, 3])."),
        (7, "quiz.answer([2, 1]) or quiz.answer({'epoch': 2, …})."),
    ],
)
def test_the_last_line_says_how_each_kind_is_answered(quiz: Quiz, number: int, form: str) -> None:
    quiz.go(number)
    last = repr(quiz).splitlines()[-1]
    assert last.startswith("Answer with ")
    assert form in last
    assert last.endswith("Or quiz.hint(), quiz.solution(), quiz.skip(), quiz.next() or quiz.go(2).")


def test_one_goes_to_a_question_by_number_or_id(quiz: Quiz) -> None:
    quiz.go(3)
    assert "question 3 of 7" in repr(quiz)
    quiz.go("who-may-judge")
    assert "question 1 of 7" in repr(quiz)
    shuffled = Quiz(QUESTIONS, keeper=Memory(), seed=1)
    shuffled.go(7)
    assert shuffled.model.shown["number"] == 7


@pytest.mark.parametrize("where", [0, 8, -1, "nowhere", "your-error", None, True, 2.0, [1]])
def test_a_question_that_is_not_there_is_a_sentence(quiz: Quiz, where: Any) -> None:
    with pytest.raises(CourseError, match=r"by its number, 1 to 7, or by its id, such as 'who-may"):
        quiz.go(where)
    assert quiz.model.shown["number"] == 1


def test_sentences_are_written_first_and_judged_then(quiz: Quiz) -> None:
    quiz.go("why")
    said = quiz.answer("Because.")
    assert "A model answer: The SECRET model answer." in said
    assert "  2. It says why." in said
    assert said.endswith("has: quiz.answer([1]) or quiz.answer([]).")
    assert quiz.model.sitting.tried == []
    assert "Your answer: Because.\nA model answer: " in repr(quiz)
    assert quiz.answer([2]) == "You gave yourself 0.5 of 1 point."
    assert quiz.model.sitting.tried[0].answer == {"text": "Because.", "met": [False, True]}


def test_text_tells_what_a_page_tells(quiz: Quiz) -> None:
    assert quiz.answer("The largest ones.") == "Not right. "[:-1]
    assert quiz.answer("Those that it learned from.") == "Not right. They may be known by heart."
    assert "They may be known by heart." in repr(quiz)
    assert quiz.hint() == "Think of an exam."
    assert quiz.hint() == "There is no further hint."
    assert "Why: " not in repr(quiz)
    assert quiz.solution().startswith("Solution: Those that it never saw.\nWhy: The SECRET")
    assert quiz.solution() in repr(quiz)
    quiz.go(2)
    assert quiz.solution().startswith("Solution:\n- An epoch.\n- A batch.\nWhy: ")


def test_practice_is_not_handed_in(quiz: Quiz) -> None:
    assert quiz.hand_in() == "There is no exam to be handed in."


def test_an_exam_tells_nothing_in_text_either() -> None:
    exam = Quiz(QUESTIONS, keeper=Memory(), exam=True)
    assert exam.answer("The largest ones.").startswith("Your answer is kept.")
    assert exam.hint() == "An exam gives no hints."
    assert exam.solution() == "An exam shows solutions once it is handed in."
    assert EXAM in repr(exam)
    assert "Or quiz.hand_in(), quiz.skip(), quiz.next() or quiz.go(2)." in repr(exam)
    exam.go("why")
    assert exam.answer("Because.").startswith("Your answer is kept.")
    for number in range(1, 8):
        exam.go(number)
        assert "SECRET" not in repr(exam)
        assert "known by heart" not in repr(exam)
    exam.hand_in()
    assert exam.hand_in().startswith("Handed in: 0 of 6 points checked")
    assert exam.hand_in() == exam.model.said
    exam.go(1)
    assert "Solution: Those that it never saw." in repr(exam)
    assert repr(exam).endswith("\nOr quiz.next() or quiz.go(2).")
    with pytest.raises(CourseError, match=r"^This exam is handed in; its answers stay"):
        exam.answer("The largest ones.")
    exam.go("why")
    assert exam.answer([1]) == "You gave yourself 0.5 of 1 point."
    for again in ("Because of another thing.", [1, 2]):  # it is judged already
        with pytest.raises(CourseError, match=r"^This exam is handed in; its answers stay"):
            exam.answer(again)
        assert exam.model.message.startswith("This exam is handed in")
    assert "another thing" not in repr(exam)


def test_an_exam_with_open_questions_is_not_handed_in_at_the_first_word() -> None:
    exam = Quiz(QUESTIONS, keeper=Memory(), exam=True)
    exam.answer("The largest ones.")
    exam.skip()
    says = "6 questions have no answer yet. Hand in once more to end the exam all the same."
    assert exam.hand_in() == says
    exam.go(2)  # which is no second try
    assert exam.hand_in() == says
    assert says in repr(exam)
    assert not exam.model.sitting.handed_in
    assert exam.hand_in().startswith("Handed in: ")
