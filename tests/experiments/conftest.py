"""Digits by the hundred, and learners for them that train in a second."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support_challenge import trained_on_pets  # noqa: F401
from support_experiments import few_digits  # noqa: F401
from support_threads import one_thread  # noqa: F401

from coursekit.learn.metrics import error_rate
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import VisionLearner, vision_learner
from coursekit.vision.transforms import Resize


@pytest.fixture
def digits(few_digits: Path, tmp_path: Path) -> Path:  # noqa: F811
    """A folder with 40 of each of three digits, to be changed."""
    return Path(shutil.copytree(few_digits, tmp_path / "digits3"))


Make = Callable[..., VisionLearner]


@pytest.fixture
def learner(digits: Path) -> Make:
    """Makes a learner for the digits; takes `vision_learner`'s options and `item_tfms`."""

    def make(item_tfms: Any = None, batch_tfms: Any = None, **options: Any) -> VisionLearner:
        tfms = {"item_tfms": item_tfms or Resize(32), "batch_tfms": batch_tfms, "bs": 16}
        dls = ImageDataLoaders.from_folder(digits, valid_pct=0.25, seed=1, device="cpu", **tfms)
        return vision_learner(dls, **{"metrics": error_rate, "seed": 5, **options})

    return make
