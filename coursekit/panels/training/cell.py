"""A fit that a cell runs itself, told to the panel that looks on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from coursekit.learn.events import Callback
from coursekit.learn.progress import Progress, State
from coursekit.learn.watch import is_through, latest, where
from coursekit.panels.training.steering import HEARD

if TYPE_CHECKING:
    from coursekit.learn.history import History
    from coursekit.learn.loop import Loop


class Onlooker(Callback):
    """Tells `tell` where a fit stands, and its history: with each epoch's end and now and then.

    It cannot stop the fit: Python is busy with the cell, whose own stop button does.
    """

    def __init__(self, tell: Callable[[Progress, History], object]) -> None:
        self.tell, self.told, self.first_step = tell, 0.0, 0

    def before_fit(self, learn: Loop) -> None:
        self.first_step = len(learn.history)
        self._tell(learn, "training")

    def after_batch(self, learn: Loop) -> None:
        if learn.training and time.monotonic() - self.told >= HEARD:
            self._tell(learn, "training")

    def after_epoch(self, learn: Loop) -> None:
        if time.monotonic() - self.told >= HEARD:
            self._tell(learn, "training")

    def after_fit(self, learn: Loop) -> None:
        if not is_through(learn):
            self._tell(learn, "stopped")
        elif learn.phase_index + 1 == len(learn.plan):
            self._tell(learn, "finished")

    def _tell(self, learn: Loop, state: State) -> None:
        self.told, history = time.monotonic(), learn.history
        with suppress(Exception):  # to look on must never end a training
            now = where(learn, len(history) - self.first_step) | {"parts": len(learn.plan)}
            now |= latest(history, learn.metric_names, learn.kept_epoch)
            loss = history.losses[-1] if len(history) else None
            self.tell(Progress(state=state, train_loss=loss, **now), history)
