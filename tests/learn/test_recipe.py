from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from coursekit.learn import recipe
from coursekit.learn.callbacks import EarlyStoppingCallback
from coursekit.learn.learner import Learner
from coursekit.learn.phases import plan
from coursekit.vision.data import ImageDataLoaders

Make = Callable[..., Learner]


def mix(preds: Any, targs: Any, other: Any = None) -> Any:
    """A loss that is given another one."""


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
    found = recipe.of(learn, plan(learn, "fit", 1))
    assert found["data"] == {"kind": "DataLoader", "batches": 6, "bs": 16}


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        (cross_entropy, "cross_entropy"),
        (torch.optim.SGD, "SGD"),
        (partial(torch.optim.SGD, momentum=0.9), "SGD(momentum=0.9)"),
        (EarlyStoppingCallback(patience=3), "EarlyStoppingCallback("),
        (nn.CrossEntropyLoss(torch.tensor([1.0, 2.0])), "weight=tensor([1., 2.])"),
        (nn.CrossEntropyLoss(label_smoothing=0.1), "label_smoothing=0.1"),
        (partial(mix, other=cross_entropy), "mix(other=cross_entropy)"),
        (partial(mix, [cross_entropy, object()]), "mix([cross_entropy, object])"),
    ],
)
def test_a_function_or_an_object_is_named_with_its_arguments(thing: Any, name: str) -> None:
    assert name in recipe.named(thing)
    assert "0x" not in recipe.named(thing)  # an address would differ in every process
