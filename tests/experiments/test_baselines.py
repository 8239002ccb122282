"""What little effort reaches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursekit.core.errors import CourseError
from coursekit.experiments.baselines import METHODS, add_baselines
from coursekit.learn import features
from coursekit.scores import board
from coursekit.store.database import Database
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import VisionLearner
from coursekit.vision.transforms import Resize, aug_transforms

Make = Callable[..., VisionLearner]


@pytest.fixture
def dls(learner: Make) -> ImageDataLoaders:
    """90 digits to learn from, 30 to be judged on."""
    made = learner().dls
    assert isinstance(made, ImageDataLoaders)
    return made


@pytest.fixture
def store(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'a.db'}")


def test_the_commonest_class_is_right_on_its_own_items_and_no_others(
    dls: ImageDataLoaders,
) -> None:
    wrong, judged = METHODS["the commonest class"](dls)
    targets = dls.valid.dataset.targets
    assert judged == len(targets) == 30
    assert judged - wrong in {targets.count(target) for target in set(targets)}


def test_guessing_is_wrong_on_about_two_of_three_and_always_the_same(
    dls: ImageDataLoaders,
) -> None:
    first, second = METHODS["random guess"](dls), METHODS["random guess"](dls)
    assert first == second
    assert 12 <= first[0] <= 27


def test_pixels_and_a_networks_features_tell_more_than_chance(learner: Make) -> None:
    dls: Any = learner(item_tfms=Resize(64)).dls
    pixels = METHODS["nearest neighbour on pixels"](dls)
    learned = METHODS["logistic regression on features"](dls)
    assert pixels[0] <= 10
    assert learned[0] <= 8


def test_augmentation_and_batches_do_not_change_them(digits: Path) -> None:
    plain, varied = (
        ImageDataLoaders.from_folder(
            digits, valid_pct=0.25, seed=1, item_tfms=Resize(32), batch_tfms=tfms, bs=bs
        )
        for tfms, bs in ((None, 16), (aug_transforms(), 7))
    )
    for name, method in METHODS.items():
        assert method(plain) == method(varied), name


def test_they_are_on_the_board_once(dls: ImageDataLoaders, store: Database) -> None:
    said: list[str] = []
    assert [it.name for it in add_baselines(dls, said.append, store)] == list(METHODS)
    assert said == [f"Trying {name}" for name in METHODS]
    assert add_baselines(dls, store=store) == []
    with store.reading() as session:
        rows = board.top(session, dls.task)
    assert {row.run.name for row in rows} == set(METHODS)
    assert {row.run.kind for row in rows} == {"baseline"}
    assert {row.run.data for row in rows} == {dls.digest}
    assert not any(row.run.chosen for row in rows)
    store.close()


def test_what_does_not_fit_into_memory_is_said_and_the_others_are_there(
    dls: ImageDataLoaders, monkeypatch: pytest.MonkeyPatch, store: Database
) -> None:
    monkeypatch.setattr(features, "MEMORY", 10)
    with pytest.raises(CourseError, match="does not fit into memory"):
        add_baselines(dls, store=store)
    with store.reading() as session:
        assert board.size(session, dls.task) == 3


def test_a_photo_that_cannot_be_read_is_left_out(digits: Path) -> None:
    dls = ImageDataLoaders.from_folder(digits, valid_pct=0.25, seed=1, item_tfms=Resize(32))
    dls.valid.dataset.items[0].write_bytes(b"no picture")
    assert METHODS["nearest neighbour on pixels"](dls)[1] == 29
    assert METHODS["logistic regression on features"](dls)[1] == 29
