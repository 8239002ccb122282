"""A picture, and small Learners."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from coursekit.learn.learner import Learner


@pytest.fixture
def hopper(uploads: Path) -> bytes:
    """A portrait, as a JPEG file."""
    return (uploads / "hopper.jpg").read_bytes()


@pytest.fixture
def small_learner() -> Callable[..., Learner]:
    """Makes a Learner with 8 steps an epoch; takes the Learner's arguments."""

    def make(**options: Any) -> Learner:
        torch.manual_seed(0)
        x = torch.randn(64, 4)
        loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)
        given: dict[str, Any] = {"loss_func": nn.MSELoss(), "seed": 1, **options}
        return Learner((loader, loader), nn.Linear(4, 1), **given)

    return make
