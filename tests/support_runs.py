"""Runs in the background, held and heard by tests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner
from coursekit.learn.progress import Progress
from coursekit.learn.run import TrainingRun

PATIENCE = 30


class Gate(Callback):
    """Holds the fit before one batch until it is opened."""

    def __init__(self, epoch: int, batch: int, training: bool = True) -> None:
        self.where = (epoch, batch, training)
        self.reached, self.open = threading.Event(), threading.Event()

    def before_batch(self, learn: Any) -> None:
        if (learn.epoch, learn.iter, learn.training) == self.where:
            self.reached.set()
            self.open.wait(PATIENCE)


def messages(run: TrainingRun) -> list[Progress]:
    """All messages of a run from now on."""
    seen: list[Progress] = []
    run.observe(lambda change: seen.append(change.new), "progress")
    return seen


def wait_for(run: TrainingRun, state: str) -> None:
    """Waits until a message says so."""
    there = threading.Event()
    run.observe(lambda change: change.new.state == state and there.set(), "progress")
    assert run.progress.state == state or there.wait(PATIENCE)


def uninterrupted(classifier: Callable[..., Learner], method: str, *args: Any) -> list[float]:
    """The losses of a fit that nothing holds or stops."""
    learn = classifier()
    getattr(learn, method)(*args)
    return learn.history.losses
