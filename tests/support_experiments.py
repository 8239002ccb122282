"""Run folders that real trainings left, made once and copied into each test's home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from coursekit.data.download import untar_data
from coursekit.learn.learner import Learner
from coursekit.learn.metrics import error_rate
from coursekit.learn.run import TrainingRun
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import vision_learner
from coursekit.vision.transforms import Resize

DIGITS = ("3", "5", "8")


def clouds_learner(**options: Any) -> Learner:
    """A Learner for points in three clouds that trains an epoch in some milliseconds."""
    dice = torch.Generator().manual_seed(0)
    y = torch.randint(3, (140,), generator=dice)
    x = torch.randn(140, 4, generator=dice) + 2 * torch.eye(4)[y]
    parts = TensorDataset(x[:90], y[:90]), TensorDataset(x[90:], y[90:])
    train, valid = (DataLoader(part, 16, shuffle=part is parts[0]) for part in parts)
    torch.manual_seed(7)
    given = {"lr": 0.02, "seed": 3, "metrics": error_rate, **options}
    return Learner((train, valid), nn.Linear(4, 3), nn.CrossEntropyLoss(), **given)


def again(recipe: Mapping[str, Any], folder: Path, **changes: Any) -> TrainingRun:
    """What the panel calls to train a copy, for the clouds."""
    assert folder.is_dir()
    epochs = changes.get("epochs") or recipe["call"]["args"][0]
    seed = changes.get("seed", recipe["seed"])
    return clouds_learner(seed=seed).start("fit_one_cycle", epochs)


def ended(run: TrainingRun) -> Path:
    assert run.wait().state == "finished", run.progress.error
    return run.folder


@pytest.fixture(scope="session")
def few_digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 40 of each of three digits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSEKIT_HOME", str(tmp_path_factory.mktemp("digits-home")))
        source = untar_data("digits", progress=False) / "train"
        folder = tmp_path_factory.mktemp("few") / "digits3"
        for digit in DIGITS:
            (folder / digit).mkdir(parents=True)
            for file in sorted((source / digit).iterdir())[:40]:
                shutil.copy(file, folder / digit)
    return folder


@pytest.fixture(scope="session")
def once_trained(few_digits: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The `runs` of a home: three trainings on clouds, then one on photos of digits."""
    home, threads = tmp_path_factory.mktemp("trained"), torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSEKIT_HOME", str(home))
        for epochs, seed in ((1, 3), (4, 3), (4, 8)):
            ended(clouds_learner(seed=seed).start("fit_one_cycle", epochs))
        options = {"item_tfms": Resize(32), "bs": 16, "device": "cpu"}
        dls = ImageDataLoaders.from_folder(few_digits, valid_pct=0.25, seed=1, **options)
        learn = vision_learner(dls, metrics=error_rate, seed=5)
        ended(learn.start("fine_tune", 1, depth="head"))
    yield home / "runs"
    torch.set_num_threads(threads)


@pytest.fixture
def trained(once_trained: Path, home: Path) -> list[Path]:
    """The folders of four runs in this test's home, the latest (on photos) first."""
    shutil.copytree(once_trained, home / "runs")
    return sorted((home / "runs").iterdir(), reverse=True)
