"""A monitor's model for a small Learner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coursekit.learn.learner import Learner
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.training.trainer import Trainer, look_at_next


@pytest.fixture
def monitored(small_learner: Callable[..., Learner]) -> Callable[..., MonitorModel]:
    """Makes a monitor's model for a small Learner."""

    def make(**options: Any) -> MonitorModel:
        return MonitorModel(Trainer(small_learner(**options)), look_at_next, ready=True)

    return make
