"""Recipes as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from coursekit.scores.recipe import CHANGES, NoSuchChange, changed, differences, settings, title


def test_a_recipe_is_a_table_of_settings(recipe: dict[str, Any]) -> None:
    said = settings(recipe)
    assert said["data"] == "pets"
    assert said["photos (training + validation)"] == "360 + 90"
    assert said["size"] == "128"
    assert said["augmentation"] == "none"
    assert said["epochs"] == "2"
    assert said["torch version"] == "2.9.0"
    assert "rate" not in said


def test_a_depth_that_was_not_said_is_the_one_that_fine_tune_has(recipe: dict[str, Any]) -> None:
    recipe["call"]["options"] = {}
    assert settings(recipe)["depth"] == "auto"
    assert differences(recipe, changed(recipe, depth="auto")) == []
    assert [str(it) for it in differences(recipe, changed(recipe, depth="head"))] == [
        "depth auto, now head"
    ]
    recipe["call"]["method"] = "fit_one_cycle"
    assert "depth" not in settings(recipe)


def test_the_title_says_what_matters_most(recipe: dict[str, Any]) -> None:
    assert title(recipe) == "tf_efficientnet_lite0, 2 epochs, head, 128 pixels"


def test_a_learner_that_had_been_trained_is_another_beginning(recipe: dict[str, Any]) -> None:
    again = {**recipe, "fits": 2}
    assert [it.setting for it in differences({**recipe, "fits": 1}, again)] == ["trained before"]
    assert title(again) == "tf_efficientnet_lite0, 2 epochs, head, 128 pixels, trained before"


def test_what_differs_is_named_and_nothing_else(recipe: dict[str, Any]) -> None:
    other = changed(recipe, epochs=3, seed=7)
    other["versions"]["torch"] = "2.10.0"
    said = [str(it) for it in differences(recipe, other)]
    assert said == [
        "epochs 2, now 3",
        "seed 42, now 7",
        "torch version 2.9.0, now 2.10.0",
    ]
    assert differences(recipe, recipe) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", 5), ("seed", 7), ("architecture", "resnet18"), ("size", 64), ("depth", "last"),
     ("rate", 0.01)],
)  # fmt: skip
def test_one_change_changes_one_setting(recipe: dict[str, Any], name: str, value: Any) -> None:
    (difference,) = differences(recipe, changed(recipe, **{name: value}))
    assert (difference.setting, difference.after) == (name, str(value))
    assert name in CHANGES


def test_the_recipe_itself_stays_as_it_was(recipe: dict[str, Any]) -> None:
    before = settings(recipe)
    changed(recipe, epochs=9, size=32)
    assert settings(recipe) == before
    assert changed(recipe, epochs=None) == recipe


def test_what_a_recipe_does_not_have_cannot_be_changed(recipe: dict[str, Any]) -> None:
    with pytest.raises(NoSuchChange, match="a recipe has epochs"):
        changed(recipe, colour="red")
    del recipe["data"]["item_tfms"]
    with pytest.raises(NoSuchChange, match="its items are no photos"):
        changed(recipe, size=32)
    recipe["call"]["method"] = "fit"
    with pytest.raises(NoSuchChange, match="only fine_tune"):
        changed(recipe, depth="all")


def test_a_recipe_of_anything_is_no_error() -> None:
    assert settings({}) == {}
    assert title({}) == ""


@pytest.mark.parametrize(
    "odd",
    [{"data": []}, {"model": "x"}, {"call": {"args": "x", "options": 3}}, {"callbacks": [1]},
     {"versions": 1}, {"data": {"item_tfms": ["x"], "batch_tfms": [1], "counts": 2}}],
)  # fmt: skip
def test_an_odd_recipe_from_anybody_stops_nothing(odd: dict[str, Any]) -> None:
    assert isinstance(settings(odd), dict)
    assert isinstance(title(odd), str)


def test_epochs_given_by_name_are_epochs_too(recipe: dict[str, Any]) -> None:
    recipe["call"] = {"method": "fine_tune", "args": [], "options": {"epochs": 3}}
    assert settings(recipe)["epochs"] == "3"
    assert changed(recipe, epochs=5)["call"]["options"] == {"epochs": 5}
    assert changed(recipe, epochs=5)["call"]["args"] == []
