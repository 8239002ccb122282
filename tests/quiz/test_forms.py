"""Answers as people give them in code: in any form that is meant, or told which forms there are."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.quiz import forms
from coursekit.quiz.keeping import Memory
from coursekit.quiz.questionnaire import Questionnaire, parse
from coursekit.quiz.showing import in_file, shown
from coursekit.quiz.sitting import Sitting

KINDS = ("one", "several", "number", "text", "free", "order", "pairs", "code")


@pytest.fixture
def questions(whole: str) -> Questionnaire:
    marked = whole.replace("- [ ] it\n", "- [ ] 2\n").replace("two\n3.", "the *second*, `b`\n3.")
    found, mistakes = parse(marked)
    assert mistakes == []
    return found


def taken(questions: Questionnaire, kind: str, answer: Any, **parts: Any) -> Any:
    """The answer with its places as the file has them."""
    question, sitting = questions[f"q-{kind}"], Sitting(questions, Memory())
    sitting.go(question.id)
    page = {**shown(sitting), **parts}
    return in_file(question, forms.taken(question, page, answer, "quiz"))


def number(questions: Questionnaire, kind: str, text: str) -> int:
    """The number under which something is shown."""
    return 1 + forms.options(questions[f"q-{kind}"]).index(text)


@pytest.mark.parametrize("wrap", [int, str, np.int64, lambda n: [n], lambda n: f" {n} "])
def test_a_choice_is_given_by_its_number(questions: Questionnaire, wrap: Any) -> None:
    n = number(questions, "one", "that")
    assert n != 2  # another choice reads so
    assert taken(questions, "one", wrap(n)) == 1


@pytest.mark.parametrize(
    ("kind", "answer", "means"),
    [
        ("one", "that", 1),
        ("one", " That. ", 1),
        ("one", "2", 2),  # a text that is a choice's is that choice
        ("several", ["a", "b"], [0, 1]),
        ("several", "c", [2]),
        ("several", {"a"}, [0]),
        ("order", ["one", "the second, b", "three", "four"], [0, 1, 2, 3]),
        ("pairs", {"batch": "a few items", "epoch": "a pass", "a | b": "a bar"}, [0, 1, 2]),
        ("pairs", ["a pass", "a few items", "A bar"], [0, 1, 2]),
        ("number", 0.2, "0.2"),
        ("number", np.float64(0.25), "0.25"),
        ("number", Fraction(1, 4), "0.25"),
        ("number", "0,2 %", "0,2 %"),
        ("text", "valid set", "valid set"),
        ("text", 4, "4"),
        ("code", True, "True"),
        ("code", 7, "7"),
        ("free", "So it is.", {"text": "So it is."}),
        ("free", {"text": "So.", "met": [True, False]}, {"text": "So.", "met": [True, False]}),
        ("free", {"text": "So.", "met": [2]}, {"text": "So.", "met": [False, True]}),
    ],
)
def test_what_is_obviously_meant_is_taken(
    questions: Questionnaire, kind: str, answer: Any, means: Any
) -> None:
    assert taken(questions, kind, answer) == means


def test_numbers_are_taken_in_lists_and_in_texts(questions: Questionnaire) -> None:
    a, b = (number(questions, "several", it) for it in "ab")
    for answer in (
        [a, b],
        (a, b),
        f"{a} {b}",
        f"{a}, {b}",
        [str(a), "b"],
        np.array([a, b]).tolist(),
    ):
        assert sorted(taken(questions, "several", answer)) == [0, 1]
    match = [number(questions, "pairs", it) for it in ("a pass", "a few items", "a bar")]
    assert taken(questions, "pairs", match) == [0, 1, 2]


def test_once_the_rubric_is_shown_points_alone_are_enough(questions: Questionnaire) -> None:
    page = {"rubric": ["says so", "says why"], "written": {"text": "Mine."}}
    for answer, met in (([1], [True, False]), (2, [False, True]), ([], [False] * 2), ("1 2", None)):
        found = taken(questions, "free", answer, **page)
        assert found == ({"text": "1 2"} if met is None else {"text": "Mine.", "met": met})
    assert taken(questions, "free", [False, True], **page)["met"] == [False, True]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("order", {3, 1, 2, 4}),
        ("order", frozenset({"one", "three", "four", "the second, b"})),
        ("pairs", {3, 1, 2}),
        ("free", {"text": "So.", "met": {True, False}}),
    ],
)
def test_a_set_is_no_order(questions: Questionnaire, kind: str, answer: Any) -> None:
    with pytest.raises(forms.OtherForm, match=r"^A set has no order\. Answer with "):
        taken(questions, kind, answer)


def test_where_no_order_counts_a_set_is_taken(questions: Questionnaire) -> None:
    assert sorted(taken(questions, "several", {"a", "b"})) == [0, 1]
    assert taken(questions, "one", {"that"}) == 1
    assert taken(questions, "free", {"text": "So.", "met": {2}})["met"] == [False, True]


ODD = [
    None, "", "  ", [], True, 0, -1, 99, 2.5, float("nan"), 10**5000, "nope", ["nope"], [1, None],
    {"a": 1}, {"epoch": 1}, {"epochs": 1}, [[1]], [9, 9], len, object(), np.zeros(3), "9" * 5000,
    {"text": "x", "met": [True]}, {"text": "x", "met": [7]}, {"text": None}, b"1", 1j, {1: 1},
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("odd", ODD, ids=lambda it: f"{type(it).__name__}")
def test_what_is_no_answer_is_told_with_the_form_that_one_has(
    questions: Questionnaire, kind: str, odd: Any
) -> None:
    found = outcome(questions, kind, odd)
    if isinstance(found, forms.OtherForm):
        said = str(found)
        assert said.startswith(f"{found.why} Answer with ")
        assert "quiz.answer(" in said
        assert len(said) < 300
        assert found.why.endswith(".")
    else:
        assert isinstance(found, str | dict)
        assert kind in ("number", "text", "code", "free")


def outcome(questions: Questionnaire, kind: str, answer: Any) -> Any:
    """What an answer is taken for, or the error."""
    try:
        return taken(questions, kind, answer)
    except forms.OtherForm as error:
        return error


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_shows_an_answer_of_that_form(questions: Questionnaire, kind: str) -> None:
    question, sitting = questions[f"q-{kind}"], Sitting(questions, Memory())
    sitting.go(question.id)
    form = forms.form(question, shown(sitting))
    assert form.in_terminal == f"Type {form.to_type}, such as {form.typed}."
    assert kind in ("several", "order") or form.to_type == form.words
    for example in form.examples:
        if "\N{HORIZONTAL ELLIPSIS}" not in example:
            given = eval(example)
            assert forms.taken(question, shown(sitting), given, "quiz") is not None


def test_the_example_of_pairs_names_the_first(questions: Questionnaire) -> None:
    sitting = Sitting(questions, Memory())
    form = forms.form(questions["q-pairs"], shown(sitting))
    assert "quiz.answer([2, 1, 3]) or quiz.answer({'epoch': 2, " in form.in_code("quiz")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text() | st.floats(), st.lists))
def test_whatever_is_given_is_an_answer_or_a_sentence(answer: Any) -> None:
    text = "---\nid: a\nformat: 1\n---\n## b\n```yaml\nkind: order\n```\nWhich?\n\n1. x\n2. y\n\n"
    found = parse(text + "### Explanation\nSo.\n")[0]
    question, page = found.questions[0], shown(Sitting(found, Memory()))
    with suppress(forms.OtherForm):
        assert sorted(forms.taken(question, page, answer, "quiz")) == [0, 1]
