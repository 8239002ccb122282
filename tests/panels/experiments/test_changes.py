"""The one change of a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coursekit.panels.experiments.changes import (
    HINTS,
    NAMES,
    NotAValue,
    NothingNew,
    as_value,
    change_of,
)
from coursekit.scores.experiment import read
from coursekit.scores.recipe import CHANGES, NoSuchChange


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [("epochs", " 3 ", 3), ("epochs", 3, 3), ("seed", "0", 0), ("size", "64", 64),
     ("rate", "0,01", 0.01), ("rate", 2e-3, 0.002), ("depth", "Head", "head"),
     ("architecture", "tf_efficientnet_lite0", "tf_efficientnet_lite0")],
)  # fmt: skip
def test_what_is_typed_becomes_a_value(name: str, typed: Any, value: Any) -> None:
    assert as_value(name, typed) == value


@pytest.mark.parametrize(
    ("name", "typed"),
    [("epochs", "0"), ("epochs", "two"), ("epochs", "1.5"), ("epochs", 10_000), ("epochs", ""),
     ("seed", "-1"), ("size", "8"), ("rate", "0"), ("rate", "nan"), ("rate", "inf"),
     ("rate", "<b>"), ("depth", "deep"), ("architecture", ""), ("architecture", "../x"),
     ("architecture", "<script>"), ("epochs", True)],
)  # fmt: skip
def test_what_is_no_value_is_a_sentence_that_says_what_is(name: str, typed: Any) -> None:
    with pytest.raises(NotAValue) as raised:
        as_value(name, typed)
    assert str(raised.value).endswith(HINTS[name])


def test_every_change_of_a_recipe_has_a_name_and_a_hint() -> None:
    assert set(NAMES) == set(HINTS) == set(CHANGES)
    with pytest.raises(NoSuchChange):
        as_value("colour", "red")


def test_a_change_is_said_in_words_and_must_change_something(trained: list[Path]) -> None:
    run = read(trained[0])
    assert run
    assert change_of(run, epochs="3") == ({"epochs": 3}, "epochs 1, now 3")
    for same in ({"epochs": 1}, {"epochs": None}, {}):
        with pytest.raises(NothingNew, match="already"):
            change_of(run, **same)


def test_what_a_run_does_not_have_cannot_be_changed(trained: list[Path]) -> None:
    clouds = read(trained[1])
    assert clouds
    with pytest.raises(NoSuchChange, match="only fine_tune has one"):
        change_of(clouds, depth="head")
    with pytest.raises(NoSuchChange, match="its items are no photos"):
        change_of(clouds, size=64)
