"""What is written is read again as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.quiz.kinds import (
    Choice,
    Code,
    FreeText,
    Kind,
    MatchPairs,
    Number,
    OneChoice,
    PutInOrder,
    SeveralChoices,
    ShortText,
)
from coursekit.quiz.numbers import Interval
from coursekit.quiz.questionnaire import Question, Questionnaire, parse, read
from coursekit.quiz.writing import markdown

LESSONS = Path(__file__).parents[2] / "lessons"
WORDS = st.text("abc xyz äß 123 $*_`\"':,#>-[]()|\\", min_size=1, max_size=30).filter(
    lambda it: it.strip() == it and it[0] not in "`#>|-~" and "\\" not in it
)
ONCE = st.lists(WORDS, min_size=2, max_size=5, unique=True)


@st.composite
def choice_kinds(draw: Any) -> Kind:
    texts = draw(ONCE)
    right = draw(st.sets(st.sampled_from(range(len(texts))), min_size=1))
    said = draw(st.lists(WORDS | st.just(""), min_size=len(texts), max_size=len(texts)))
    rows = zip(range(len(texts)), texts, said, strict=True)
    choices = tuple(Choice(text, n in right, feedback) for n, text, feedback in rows)
    return OneChoice(choices) if len(right) == 1 else SeveralChoices(choices)


NUMBERS = st.floats(-1e9, 1e9) | st.integers(-1000, 1000).map(float)
KINDS = st.one_of(
    choice_kinds(),
    st.builds(Number, st.builds(Interval.around, NUMBERS, st.floats(0, 1e3)), WORDS | st.just("")),
    st.builds(Number, st.tuples(NUMBERS, NUMBERS).map(lambda it: Interval(min(it), max(it)))),
    st.builds(
        ShortText, ONCE.map(tuple), st.integers(0, 3), st.booleans(), st.dictionaries(WORDS, WORDS)
    ),
    st.builds(FreeText, WORDS, ONCE.map(tuple)),
    st.builds(PutInOrder, ONCE.map(tuple)),
    st.builds(
        lambda left, right: MatchPairs(tuple((it, right) for it in left)),
        ONCE.map(lambda texts: [" ".join(it.split()) for it in texts]).filter(
            lambda texts: len(set(texts)) == len(texts)
        ),
        WORDS.map(lambda it: " ".join(it.split())),
    ),
    st.just(Code("learn.loss < 1")),
)
QUESTIONS = st.builds(
    Question,
    id=st.uuids().map(str),
    text=WORDS,
    kind=KINDS,
    explanation=WORDS,
    hints=st.lists(WORDS, max_size=3).map(tuple),
    section=st.sampled_from(["", "Data", "Loss: what it is"]),
    difficulty=st.integers(1, 3),
    tags=st.lists(WORDS, max_size=2).map(tuple),
    source=WORDS | st.just(""),
)


@given(st.lists(QUESTIONS, min_size=1, max_size=5, unique_by=lambda it: it.id))
def test_any_questions_come_back_as_they_were(questions: list[Question]) -> None:
    it = Questionnaire("some-id", "A title: with a colon", tuple(questions))
    found, mistakes = parse(markdown(it))
    assert mistakes == []
    assert found == it
    assert [a.revision for a in found.questions] == [b.revision for b in it.questions]


@pytest.mark.parametrize("file", sorted(LESSONS.glob("*_questions.md")), ids=lambda it: it.name)
def test_our_lessons_questions_come_back_as_they_were(file: Path) -> None:
    it = read(file)
    assert parse(markdown(it))[0] == it
