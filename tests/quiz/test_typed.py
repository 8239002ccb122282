"""What a learner types, compared with their own variables."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.quiz.expression import NoValue, value
from coursekit.quiz.kinds import Code, NoAnswer
from coursekit.quiz.typed import Typed

LABELS = ["4", "7", "american_bulldog", "Bengal", "-1", "007", "C++"]


def holds(typed: str, check: str, **variables: Any) -> Any:
    return value(check, {**variables, "answer": Typed(typed.strip())})


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("4", "4"),
        (" 4 ", "4"),
        ("'4'", "4"),
        ('"4"', "4"),
        ("bengal", "Bengal"),
        ("BENGAL", "Bengal"),
        ("american bulldog", "american_bulldog"),
        ("American-Bulldog", "american_bulldog"),
        ("`american_bulldog`", "american_bulldog"),
        ("\uff14", "4"),  # a wide 4
        ("-1", "-1"),
        ("007", "007"),
        ("c++", "C++"),
        ("nan", "nan"),
        ("1e999", "1e999"),
        ("none", "None"),
    ],
)
def test_a_label_is_met_as_it_is_read(typed: str, label: str) -> None:
    assert holds(typed, "answer == label", label=label)
    assert holds(typed, "label == answer", label=label)
    assert holds(typed, "answer in labels", labels=["x", label])
    assert not holds(typed, "answer != label", label=label)
    assert not holds(typed, "answer not in labels", labels=("x", label))


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("1", "-1"),
        ("7", "007"),
        ("4.0", "4"),
        ("4", "44"),
        ("", "4"),
        ("c", "C++"),
        ("bulldog", "american_bulldog"),
        ("''", "4"),
        ("?", "!"),
    ],
)
def test_another_label_is_not_met(typed: str, label: str) -> None:
    assert not holds(typed, "answer == label", label=label)
    assert not holds(typed, "answer in labels", labels=[label])


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("4", 4),
        ("4.0", 4),
        ("1,000", 1000),
        ("\u22123", -3),
        ("63", np.int64(63)),
        ("63", np.float32(63)),
        ("0,033", 1 / 30),
        ("0.033", 1 / 30),
        ("3.3 %", 1 / 30),
        ("3.3 percent", 1 / 30),
        ("33 %", 1 / 3),
        ("0.1", 0.1),
        ("0.30000000000000004", 0.3),
        ("0.0333", np.float32(1 / 30)),
        ("1e-5", 1e-5),
        (str(10**30), 10**30),
    ],
)
def test_a_number_is_met_as_it_is_shown(typed: str, number: Any) -> None:
    assert holds(typed, "answer == number", number=number)
    assert holds(typed, "number == answer", number=number)
    assert holds(typed, "answer in numbers", numbers=[None, "x", number])


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("5", 4),
        ("4.4", 4),
        ("0", 1 / 30),
        ("0.0", 1 / 30),
        ("0.03", 1 / 30),
        ("0.034", 1 / 30),
        ("0.1", 0.096),
        ("450", 450.4),
        ("-0.033", 1 / 30),
        ("cat", 4),
        ("", 0),
        ("0", False),
        ("1", True),
        ("nan", float("nan")),
        ("inf", float("inf")),
        ("1e999", float("inf")),
        ("0x10", 16),
        ("1_0", 10),
        ("9" * 10**5, 9),
    ],
)
def test_another_number_is_not_met(typed: str, number: Any) -> None:
    assert not holds(typed, "answer == number", number=number)
    assert holds(typed, "answer != number", number=number)


def test_truth_and_nothing_are_typed_as_words() -> None:
    assert holds("true", "answer == it", it=True)
    assert holds("Yes", "answer == it", it=np.bool_(True))
    assert holds("no", "answer == it and answer is it", it=False)
    assert holds("None", "answer is None and answer == None")
    assert not holds("none", "answer is not None or answer is it", it="none")
    assert not holds("maybe", "answer == it or answer is None", it=True)


def test_numbers_are_ordered_as_numbers_and_texts_as_texts() -> None:
    assert holds("10", "9 < answer <= 10")
    assert holds("0,1", "answer >= 0.1 and answer <= it", it=0.1)
    assert holds("5 %", "answer < 0.1")
    assert holds("b", "'a' < answer < 'c'")
    with pytest.raises(NoValue, match="cat is no number"):
        holds("cat", "answer < 3")
    with pytest.raises(NoValue, match="nan is no number"):
        holds("nan", "answer < 3")
    with pytest.raises(NoValue, match="TypeError"):
        holds("3", "answer < it", it=[])


def test_elsewhere_it_is_a_number_or_a_text() -> None:
    assert holds("3", "-answer == -3 and answer") == 3
    assert holds("cat", "answer") == "cat"
    assert holds("0.5", "[answer, 'cat'] == [0.5, 'cat']")
    with pytest.raises(NoValue):
        holds("cat", "answer.nothing == 1")


def test_one_of_many_is_looked_for_and_nothing_is_looked_for_forever() -> None:
    assert holds("3", "answer in it", it=range(10**12))
    assert not holds("x", "answer in it", it=range(10**12))
    assert not holds("x", "answer in it", it=count())
    assert holds("cat", "answer in it", it={"Cat": 1})
    assert holds("CAT", "answer in 'a cat'")
    assert holds("my cat and dog", "label in answer", label="Dog")
    assert holds("2", "answer in it", it=np.array([1, 2]))
    with pytest.raises(NoValue, match="TypeError"):
        holds("2", "answer in it", it=3)
    assert holds("3", "answer == answer and answer in answer")


def test_what_compares_with_everything_compares_as_it_likes() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            raise RuntimeError("boom")

        __hash__ = None  # type: ignore[assignment]

    with pytest.raises(NoValue, match="RuntimeError"):
        holds("3", "answer == it", it=Odd())
    with pytest.raises(NoValue, match="ValueError"):
        holds("3", "answer == it", it=np.array([3, 3]))
    assert holds("3", "answer == it", it=np.array(3))
    assert not holds("3", "answer == it", it=SimpleNamespace())
    assert not holds("1", "answer == it", it=b"1")


def test_tensors_compare_as_the_numbers_in_them() -> None:
    torch = pytest.importorskip("torch")
    assert holds("3", "answer == it", it=torch.tensor(3))
    assert holds("0.033", "answer == it", it=torch.tensor(1 / 30))
    assert not holds("3.2", "answer == it", it=torch.tensor(3))
    assert holds("7", "answer in it", it=torch.tensor([1, 7]))


def test_a_question_about_a_digits_label_takes_the_digit() -> None:
    kind = Code("answer == learn.vocab[0]")
    known = {"learn": SimpleNamespace(vocab=LABELS)}
    assert kind.grade_with(" 4 ", known).right
    assert not kind.grade_with("7", known).right
    for nothing in ("", "  ", None, 4, ["4"]):
        with pytest.raises(NoAnswer, match="Nothing was typed"):
            kind.grade_with(nothing, known)
    with pytest.raises(NoAnswer, match="four is no number"):
        Code("answer < 3").grade_with("four", {})


@given(st.text(max_size=50), st.sampled_from(LABELS) | st.floats() | st.integers() | st.none())
def test_whatever_is_typed_is_told_apart_without_a_fault(typed: str, it: Any) -> None:
    assert holds(typed, "answer == it", it=it) is not holds(typed, "answer != it", it=it)


@given(st.integers(-(10**30), 10**30) | st.floats(-1e30, 1e30, allow_subnormal=False))
def test_every_number_is_met_by_its_own_digits(number: float) -> None:
    assert holds(repr(number), "answer == it", it=number)


@given(st.text(min_size=1).filter(lambda it: it.strip() == it))
def test_every_label_is_met_by_its_own_letters(label: str) -> None:
    assert holds(label, "answer == it", it=label)
