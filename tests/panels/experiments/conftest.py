"""Real runs, and a model that lists them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_experiments import again, few_digits, once_trained, trained  # noqa: F401

from coursekit.panels.experiments.model import ExperimentsModel


@pytest.fixture
def model(trained: list[Path]) -> ExperimentsModel:  # noqa: F811
    """A model that has read the four runs."""
    made = ExperimentsModel(again)
    made.load()
    assert made.message == ""
    return made
