"""What is written is read again as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_questions import questions

from coursekit.quiz.questionnaire import Question, Questionnaire, parse, read
from coursekit.quiz.writing import markdown

LESSONS = Path(__file__).parents[2] / "lessons"


@given(st.lists(questions(), min_size=1, max_size=5, unique_by=lambda it: it.id))
def test_any_questions_come_back_as_they_were(some: list[Question]) -> None:
    it = Questionnaire("some-id", "A title: with a colon", tuple(some))
    found, mistakes = parse(markdown(it))
    assert mistakes == []
    assert found == it
    assert [a.revision for a in found.questions] == [b.revision for b in it.questions]


@pytest.mark.parametrize("file", sorted(LESSONS.glob("*_questions.md")), ids=lambda it: it.name)
def test_our_lessons_questions_come_back_as_they_were(file: Path) -> None:
    it = read(file)
    assert parse(markdown(it))[0] == it
