"""Answers that are right, nearly right, and no answers at all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.quiz.kinds import KINDS, Grade, Kind, NoAnswer
from coursekit.quiz.questionnaire import parse


@pytest.fixture
def kinds(whole: str) -> dict[str, Kind]:
    return {it.kind.name: it.kind for it in parse(whole)[0].questions}


@pytest.mark.parametrize(
    ("kind", "answer", "share", "feedback"),
    [
        ("one", 1, 1, ()),
        ("one", 0, 0, ("No: *that*.",)),
        ("one", 2, 0, ()),
        ("several", [0, 1], 1, ()),
        ("several", [1, 0, 0], 1, ()),
        ("several", [0], 0.5, ()),
        ("several", [0, 2], 0, ("Not c.",)),
        ("several", [0, 1, 2], 0.5, ("Not c.",)),
        ("number", "0.25", 1, ()),
        ("number", " 0,15 % ", 1, ()),
        ("number", "0.2500001", 0, ()),
        ("number", "-0.2", 0, ()),
        ("text", "Validation-Set", 1, ()),
        ("text", "vaildation set", 1, ()),
        ("text", "validaton st", 1, ()),
        ("text", "valdatn st", 0, ()),
        ("text", "a training set", 0, ("It learns from that one.",)),
        ("text", "set", 0, ()),
        ("free", {"text": "So.", "met": [True, False]}, 0.5, ()),
        ("order", [0, 1, 2, 3], 1, ()),
        ("order", [1, 0, 2, 3], 2 / 3, ()),
        ("order", [3, 2, 1, 0], 0, ()),
        ("pairs", [0, 1, 2], 1, ()),
        ("pairs", [1, 0, 2], 1 / 3, ()),
        ("pairs", [0, 0, 0], 1 / 3, ()),
    ],
)
def test_an_answer_is_worth(
    kinds: dict[str, Kind], kind: str, answer: Any, share: float, feedback: tuple[str, ...]
) -> None:
    grade = kinds[kind].grade(answer)
    assert grade == Grade(pytest.approx(share), feedback, kind == "free")
    assert grade.right == (share == 1)


WORDS = ["", "1", "x" * 10**6, "nan", "inf", "1e999", "0x10", "1;2"]
LISTS = [[], [None], [True], [-1], [99], [[0]], [0, 1], [0, 0, 1, 1]]
WRITTEN = [
    {},
    {"text": "x"},
    {"text": "", "met": [True, True]},
    {"text": "x", "met": [1, 1]},
    {"text": "x", "met": "ab"},
    {"text": 3, "met": [True, True]},
]
FITS = {"one": int, "several": list, "number": str, "text": str, "order": list, "pairs": list}


@pytest.mark.parametrize("kind", [it.name for it in KINDS])
@pytest.mark.parametrize(
    "answer", [None, True, -1, 99, 1.0, *WORDS, *LISTS, *WRITTEN], ids=lambda it: repr(it)[:20]
)
def test_what_is_no_answer_is_told_and_counts_nothing(
    kinds: dict[str, Kind], kind: str, answer: Any
) -> None:
    told, grade = "", None
    try:
        grade = kinds[kind].grade(answer)
    except NoAnswer as error:
        told = str(error)
    assert told.endswith(".") if grade is None else 0 <= grade.share <= 1
    assert grade is None or type(answer) is FITS[kind]


def test_two_that_read_the_same_may_be_swapped() -> None:
    text = "---\nid: a\nformat: 1\n---\n## b\n```yaml\nkind: pairs\n```\nWhich?\n\n"
    text += "| a | b |\n|---|---|\n| cat | animal |\n| dog | animal |\n| car | thing |\n\n"
    kind = parse(text + "### Explanation\nSo.\n")[0].questions[0].kind
    assert kind.grade([1, 0, 2]).right
    assert kind.grade([2, 0, 1]).share == pytest.approx(1 / 3)


def test_code_is_graded_with_the_learners_variables(kinds: dict[str, Kind]) -> None:
    code: Any = kinds["code"]
    learn = SimpleNamespace(score=0.05, vocab=["cat", "dog"])
    assert code.asks
    assert code.grade_with("cat", {"learn": learn}).right
    assert not code.grade_with("dog", {"learn": learn}).right
    with pytest.raises(NoAnswer, match="no variable learn yet"):
        code.grade_with("cat", {})
    with pytest.raises(NoAnswer, match="AttributeError"):
        code.grade_with("cat", {"learn": 3})
    with pytest.raises(NoAnswer, match="in a notebook"):
        code.grade("cat")


def test_every_solution_is_right(kinds: dict[str, Kind]) -> None:
    assert kinds["one"].solution() == "that"
    assert kinds["several"].solution() == "- a\n- b"
    assert kinds["number"].grade(kinds["number"].solution()).right
    assert kinds["text"].solution() == "validation set or valid set"
    assert kinds["order"].solution().startswith("1. one\n2. two")
    assert "- epoch: a pass" in kinds["pairs"].solution()


@given(st.permutations(range(4)))
def test_only_the_right_order_is_wholly_right(order: list[int]) -> None:
    kind = next(it for it in KINDS if it.name == "order")(("a", "b", "c", "d"))
    assert kind.grade(order).right == (order == [0, 1, 2, 3])
