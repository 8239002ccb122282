"""The lessons' own questions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coursekit.quiz.kinds import KINDS, Number, OneChoice, SeveralChoices, ShortText
from coursekit.quiz.lessons import folder, path_of, questionnaires
from coursekit.quiz.questionnaire import Question, Questionnaire
from coursekit.quiz.text import html
from coursekit.quiz.wordmatch import plain

LARGEST = 40_000
"""Bytes of a picture."""


@pytest.fixture(scope="module")
def first() -> Questionnaire:
    return questionnaires()[0]


def test_lesson_1_has_many_questions_of_every_kind(first: Questionnaire) -> None:
    assert first.id == "lesson-1"
    assert path_of(1) == first.path
    assert len(first) >= 45
    assert {type(it.kind) for it in first.questions} == set(KINDS)
    assert "" not in first.sections


def choices(it: Question) -> tuple[tuple[str, bool, str], ...]:
    kind = it.kind
    if not isinstance(kind, OneChoice | SeveralChoices):
        return ()
    return tuple((choice.text, choice.right, choice.feedback) for choice in kind.choices)


def test_whoever_errs_is_told_why(first: Questionnaire) -> None:
    silent = [
        (it.id, text)
        for it in first.questions
        for text, right, feedback in choices(it)
        if not right and not feedback
    ]
    assert silent == []


def test_the_right_choice_is_not_given_away_by_its_length(first: Questionnaire) -> None:
    ones = [it for it in first.questions if isinstance(it.kind, OneChoice)]
    longest = [it.id for it in ones if max(choices(it), key=lambda row: len(row[0]))[1]]
    assert len(longest) < 0.7 * len(ones), longest


def test_every_question_has_a_hint_a_reason_and_its_place(first: Questionnaire) -> None:
    assert [it.id for it in first.questions if not (it.hints and it.explanation)] == []


def test_no_hint_says_the_answer(first: Questionnaire) -> None:
    told = [
        (it.id, hint)
        for it in first.questions
        for hint in it.hints
        if any(f" {words} " in f" {plain(hint)} " for words in solutions(it))
    ]
    assert told == []


def solutions(it: Question) -> list[str]:
    """What would give a question away, as plain words."""
    if isinstance(it.kind, ShortText):
        return [plain(word) for word in it.kind.accept]
    if isinstance(it.kind, Number):
        return [plain(str(it.kind.within))]
    return [plain(text) for text, right, _ in choices(it) if right]


def test_the_questions_are_in_words_of_their_own(first: Questionnaire, shared: Path) -> None:
    seed = shared.parent / "SEED.md"
    assert first.path
    ours, theirs = (in_eights(path.read_text("utf-8")) for path in (first.path, seed))
    assert len(ours) > 5000
    assert ours & theirs == set()


def in_eights(text: str) -> set[tuple[str, ...]]:
    """Each eight words that follow each other."""
    words = re.findall(r"[a-z0-9']+", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return {tuple(words[n : n + 8]) for n in range(len(words) - 7)}


def test_every_picture_is_there_and_small(first: Questionnaire) -> None:
    asked = [it for it in first.questions if "![" in it.text]
    assert len(asked) >= 3
    for it in asked:
        assert "<img" in html(it.text, folder()), it.id
    sizes = {file.name: file.stat().st_size for file in Path(folder(), "pictures").iterdir()}
    assert max(sizes.values()) < LARGEST
