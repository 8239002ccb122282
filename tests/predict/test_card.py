"""A model's card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursekit.predict import load_learner

from .conftest import MANIFEST

Make = Callable[..., Path]


def test_the_card_says_what_the_model_is(make: Make) -> None:
    text = load_learner(make()).card()
    assert text.startswith("## three pets\n")
    for words in (
        "3 labels: Abyssinian, Bengal and american\\_bulldog",
        "PETS, 360 items for training, 90 items for validation",
        "2026-11-23",
        "arch tiny, epochs 1",
        "crop to 64 x 64 pixels",
        "below 70.0 %",
        "Cross-fitted on the validation data.",
        "coursekit 0.1.0",
        "| error\\_rate | 3.0 % | 90 items of validation data | yes, so expect a little worse |",
    ):
        assert words in text


def test_the_recipe_of_a_fit_reads_as_words() -> None:
    from coursekit.predict.card import card

    phase = {"name": "the head", "epochs": 20, "rates": [0.01], "schedule": {"name": "OneCycle"}}
    recipe = {"format": 1, "model": {"architecture": "resnet34"}, "phases": [phase], "seed": 42}
    text = card({**MANIFEST, "recipe": recipe})
    assert "resnet34, 20 epochs of the head (OneCycle) at rates up to 0.01, seed 42" in text


def test_a_model_without_a_score_says_so(make: Make) -> None:
    assert "No score is known" in load_learner(make(scores=[])).card()


def test_many_labels_are_counted(make: Make) -> None:
    from coursekit.predict.card import card

    text = card({**MANIFEST, "labels": [f"class {i}" for i in range(1000)]})
    assert "1,000 labels" in text
    assert "and 989 more" in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "<script>alert(1)</script>"),
        ("labels", ["<img src=x onerror=alert(1)>", "[a](javascript:alert)", "b"]),
        ("recipe", {"arch": "<b>x</b>"}),
        ("data", {"source": "<i>\n\n# title", "train": "many"}),
        ("unsure", {"how": "<u>"}),
        ("heatmap", "<s>"),
        ("created", "![](http://x)"),
    ],
)
def test_text_from_a_file_stays_text(make: Make, field: str, value: Any) -> None:
    text = load_learner(make(**{field: value})).card()
    assert "<" not in text
    assert "](" not in text.replace("\\](", "")
    assert "\n# " not in text
