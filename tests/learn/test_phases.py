from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from coursekit.core.errors import CourseError
from coursekit.learn.learner import Learner
from coursekit.learn.phases import Phase, plan
from coursekit.vision.data import ImageDataLoaders

Make = Callable[..., Learner]
DEEP = ("last", "all")


@pytest.mark.parametrize(
    ("method", "words", "arguments"),
    [
        ("train", "no fit method 'train'", (1,)),
        ("fit", "0 epochs is nothing", (0,)),
        ("fine_tune", "at least 1 epoch", (0,)),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    classifier: Make, method: str, words: str, arguments: tuple[Any, ...]
) -> None:
    with pytest.raises(CourseError, match=words):
        classifier().start(method, *arguments)


def test_an_unknown_depth_is_refused_in_words(classifier: Make) -> None:
    with pytest.raises(CourseError, match=r"no depth 'deep'. Choose auto, head, last or all"):
        classifier().fine_tune(1, depth="deep")  # type: ignore[arg-type]


def test_a_model_without_a_last_stage_says_what_to_choose(classifier: Make) -> None:
    with pytest.raises(CourseError, match="depth='head' or depth='all'"):
        classifier().fine_tune(1, depth="last")


@pytest.mark.parametrize(
    "call",
    [("fit", 2), ("fit_one_cycle", 2, slice(1e-4, 1e-2)), ("fit_flat_cos", 1), ("fine_tune", 3)],
)
def test_a_plan_is_the_same_after_a_way_through_json(classifier: Make, call: Any) -> None:
    phases = plan(classifier(), *call)
    again = [Phase.from_json(json.loads(json.dumps(phase.to_json()))) for phase in phases]
    assert again == phases


def test_depths_are_what_they_are_called(
    photos: Callable[..., ImageDataLoaders], small_vision: Make
) -> None:
    learn = small_vision(photos())
    depths = {depth: plan(learn, "fine_tune", 2, depth=depth) for depth in ("head", "last", "all")}
    assert [p.frozen for p in depths["head"]] == [2]
    assert [(p.frozen, p.keep_best) for p in depths["last"]] == [(2, False), (1, True)]
    assert [(p.frozen, p.epochs) for p in depths["all"]] == [(2, 1), (0, 2)]
    assert plan(learn, "fine_tune", 2) == depths["head"]  # on a CPU


def test_every_depth_takes_the_arguments_of_the_cycle(
    photos: Callable[..., ImageDataLoaders], small_vision: Make
) -> None:
    learn = small_vision(photos())
    for depth in ("head", "last", "all"):
        *_, last = plan(learn, "fine_tune", 2, depth=depth, pct_start=0.6, div=7.0, wd=0.3)
        assert (last.schedule.pct_start, last.schedule.div, last.wd) == (0.6, 7.0, 0.3)
    for depth in ("last", "all"):
        *_, last = plan(learn, "fine_tune", 2, depth=depth, lr_mult=9)
        assert last.rates[-1] / last.rates[0] == pytest.approx(9)


def test_the_norms_of_a_body_that_has_met_data_stay_steady(
    photos: Callable[..., ImageDataLoaders], small_vision: Make
) -> None:
    learn = small_vision(photos())
    steady = [plan(learn, "fine_tune", 1, depth=depth)[-1].steady_norms for depth in DEEP]
    assert steady == [False, False]  # a new network has no statistics that could be kept
    learn.unfreeze()
    learn.fit(1)
    for depth in DEEP:
        assert [p.steady_norms for p in plan(learn, "fine_tune", 1, depth=depth)] == [False, True]
    norm = learn.model[0][1].running_mean.clone()  # type: ignore[index]
    learn.fine_tune(1, depth="all")
    assert norm.equal(learn.model[0][1].running_mean)  # type: ignore[index]
    assert learn.history.phases[-1]["steady_norms"]
    learn.fit(1)
    assert not norm.equal(learn.model[0][1].running_mean)  # type: ignore[index]
