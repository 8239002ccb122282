"""Recipes that somebody damaged: a sentence, whatever is wrong with them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support_exchange import JSON

from coursekit.core.errors import CourseError
from coursekit.experiments import remaking, rerun
from coursekit.experiments.remaking import CannotRepeat, check
from coursekit.experiments.rerun import run_again
from coursekit.learn import phases, recipe
from coursekit.vision.learner import VisionLearner
from coursekit.vision.transforms import aug_transforms

Make = Callable[..., VisionLearner]
Place = tuple[Any, ...]
GONE = object()
ODD = JSON | st.sampled_from([GONE, None, -1, 0, 10**30, 1e308, "x", [], {}, [[]], [None]])


@pytest.fixture
def whole(learner: Make, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A recipe; its model is made once only, and nothing trains."""
    learn = learner(batch_tfms=aug_transforms())
    monkeypatch.setattr(remaking, "vision_learner", lambda *_, **__: learn)
    monkeypatch.setattr(rerun, "begin_plan", lambda *_: None)
    monkeypatch.setattr(rerun, "_on_threads", lambda _, begin: begin())
    about = recipe.of(learn, phases.plan(learn, "fine_tune", 1))
    call = {"method": "fine_tune", "args": [1], "options": {}}
    return dict(json.loads(json.dumps(about | {"call": call}, default=str)))


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Where something stands in a recipe."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in pairs:
        yield (*at, key)
        if isinstance(each, dict | list):
            yield from places(each, (*at, key))


def with_other(value: Any, at: Place, other: Any) -> Any:
    """A copy with something else in a place, or without it."""
    made = inner = copy.deepcopy(value)
    for key in at[:-1]:
        inner = inner[key]
    if other is GONE:
        del inner[at[-1]]
    else:
        inner[at[-1]] = other
    return made


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_recipe_runs_or_is_a_sentence(
    whole: dict[str, Any], digits: Path, data: st.DataObject
) -> None:
    at = data.draw(st.sampled_from([it for it in places(whole) if it[0] != "versions"]))
    damaged = with_other(whole, at, data.draw(ODD))
    for changes in ({}, {"epochs": 2, "size": 24}):
        with suppress(CourseError):  # any other error fails
            run_again(damaged, digits, **changes)


@pytest.mark.parametrize("bs", [0, -1, 10**30, 2.5, True, "16", None])
def test_an_absurd_batch_size_is_said(whole: dict[str, Any], bs: Any) -> None:
    with pytest.raises(CannotRepeat, match="batch size is no whole number from 1 to 100,000"):
        check(with_other(whole, ("data", "bs"), bs))


@pytest.mark.parametrize("size", [0, -1, 10**9, [32, 10**9], "x", 32.0])
def test_an_absurd_size_is_said(whole: dict[str, Any], size: Any) -> None:
    with pytest.raises(CannotRepeat, match="size is not 1 to 4,096 pixels"):
        check(with_other(whole, ("data", "item_tfms", 0, "size"), size))


@pytest.mark.parametrize("seed", [None, "5", 0.5, True, 10**30])
def test_a_seed_that_is_none_is_said(whole: dict[str, Any], seed: Any) -> None:
    with pytest.raises(CannotRepeat, match="seed is no whole number"):
        check(with_other(whole, ("seed",), seed))


@pytest.mark.parametrize("at", [("seed",), ("phases",), ("data", "item_tfms"), ("data", "bs")])
def test_what_is_missing_is_said(whole: dict[str, Any], digits: Path, at: Place) -> None:
    with pytest.raises(CannotRepeat, match="something in it is missing or is not as it should be"):
        run_again(with_other(whole, at, GONE), digits)
