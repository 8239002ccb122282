"""Digits by the hundred, and learners for them that train in a second."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from support_challenge import trained_on_pets  # noqa: F401

from coursekit.data.download import untar_data
from coursekit.learn.metrics import error_rate
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import VisionLearner, vision_learner
from coursekit.vision.transforms import Resize

DIGITS = ("3", "5", "8")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Work this small is slower in several threads, most of all beside other processes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def all_digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 40 of each of three digits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSEKIT_HOME", str(tmp_path_factory.mktemp("home")))
        source = untar_data("digits", progress=False) / "train"
        folder = tmp_path_factory.mktemp("few") / "digits3"
        for digit in DIGITS:
            (folder / digit).mkdir(parents=True)
            for file in sorted((source / digit).iterdir())[:40]:
                shutil.copy(file, folder / digit)
    return folder


@pytest.fixture
def digits(all_digits: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return Path(shutil.copytree(all_digits, tmp_path / "digits3"))


Make = Callable[..., VisionLearner]


@pytest.fixture
def learner(digits: Path) -> Make:
    """Makes a learner for the digits; takes `vision_learner`'s options and `item_tfms`."""

    def make(item_tfms: Any = None, batch_tfms: Any = None, **options: Any) -> VisionLearner:
        tfms = {"item_tfms": item_tfms or Resize(32), "batch_tfms": batch_tfms, "bs": 16}
        dls = ImageDataLoaders.from_folder(digits, valid_pct=0.25, seed=1, device="cpu", **tfms)
        return vision_learner(dls, **{"metrics": error_rate, "seed": 5, **options})

    return make
