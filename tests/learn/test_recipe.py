from __future__ import annotations

import json
from collections.abc import Callable

from coursekit.learn import recipe
from coursekit.learn.learner import Learner
from coursekit.learn.phases import plan
from coursekit.vision.data import ImageDataLoaders

Make = Callable[..., Learner]


def test_a_recipe_is_enough_to_run_it_again(
    photos: Callable[..., ImageDataLoaders], small_vision: Make
) -> None:
    learn = small_vision(photos())
    found = json.loads(json.dumps(recipe.of(learn, plan(learn, "fine_tune", 1))))
    assert (found["format"], found["seed"], found["device"]) == (1, 3, "cpu")
    assert found["phases"][0]["rates"]
    assert found["model"]["architecture"] == "Sequential"
    assert found["data"]["digest"] == learn.dls.digest
    assert found["threads"] >= 1
    assert {"python", "torch"} <= set(found["versions"])


def test_a_recipe_of_plain_loaders_is_made_as_well(classifier: Make) -> None:
    learn = classifier()
    assert recipe.of(learn, plan(learn, "fit", 1))["data"] == {"kind": "DataLoader"}
