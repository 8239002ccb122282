"""Small Learners, and a monitor's model for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from coursekit.learn.learner import Learner
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.training.trainer import Trainer, look_at_next


@pytest.fixture
def small_learner() -> Callable[..., Learner]:
    """Makes a Learner with 8 steps an epoch; takes the Learner's arguments."""

    def make(**options: Any) -> Learner:
        torch.manual_seed(0)
        x = torch.randn(64, 4)
        loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)
        return Learner((loader, loader), nn.Linear(4, 1), nn.MSELoss(), seed=1, **options)

    return make


@pytest.fixture
def monitored(small_learner: Callable[..., Learner]) -> Callable[..., MonitorModel]:
    """Makes a monitor's model for a small Learner."""

    def make(**options: Any) -> MonitorModel:
        return MonitorModel(Trainer(small_learner(**options)), look_at_next, ready=True)

    return make
