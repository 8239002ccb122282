"""Callbacks that most fits want: best weights, early stopping, clipping, a progress bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from coursekit.core.errors import CourseError
from coursekit.core.wording import listing
from coursekit.learn import checkpoint
from coursekit.learn.events import Callback, CancelFitException
from coursekit.learn.freezing import put_back, snapshot

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop

LOWER_IS_BETTER = ("loss", "error", "mse", "mae")
LOSS = "valid_loss"


def costs(epochs: Sequence[dict[str, Any]], monitor: str) -> list[float]:
    """What `monitor` was in each epoch that was judged, turned so that lower is better.

    Raises:
        CourseError: The history has no such value.
    """
    judged = [row for row in epochs if row[LOSS] is not None]
    if judged and monitor not in judged[-1]:
        known = [name for name, value in judged[-1].items() if isinstance(value, float)]
        raise CourseError(
            f"There is no {monitor!r} to watch. An epoch's history has {listing(known, most=20)}."
        )
    sign = 1.0 if any(word in monitor for word in LOWER_IS_BETTER) else -1.0
    return [sign * row[monitor] for row in judged]


class BestWeights(Callback):
    """Remembers the weights of the phase's best epoch.

    The Learner has one always; a fit that is stopped, interrupted or failing ends with its weights.

    Attributes:
        monitor: What decides which epoch is best: the validation loss, unless a
            `SaveModelCallback` says otherwise.
        state: The parameters and buffers of the trained part, empty before the first epoch's end.
        loss: Their cost: lower is better.
        epoch: The number of that epoch, from 1 through all phases.
        improved: Whether the last epoch is the best so far.
        now: The cost of the weights that the model has.
    """

    def __init__(self) -> None:
        self.monitor = LOSS
        self.state: dict[str, Tensor] = {}
        self.loss = self.now = math.inf
        self.epoch, self.improved = 0, False

    def before_fit(self, learn: Loop) -> None:
        if learn.phase_index == 0 and learn.phase_epoch == 0:
            self.now = math.inf
        if not self.state:  # else they are those of a checkpoint
            self.loss, self.epoch = self.now, learn.epoch
            self.state = snapshot(learn.part) if self.now < math.inf else {}

    def after_epoch(self, learn: Loop) -> None:
        judged, self.improved = costs(learn.history.epochs[-1:], self.monitor), False
        if not judged:  # the epoch was cancelled
            return
        self.now = judged[0]
        self.improved = self.now < self.loss
        if self.improved:
            self.loss, self.state, self.epoch = self.now, snapshot(learn.part), learn.epoch + 1

    def put_back(self, learn: Loop) -> None:
        """Gives the trained part its best weights."""
        if self.state:
            put_back(learn.part, self.state)
            learn.chosen_on_validation, self.now = True, self.loss
            learn.kept_epoch = self.epoch

    def forget(self) -> None:
        """Frees the memory."""
        self.state = {}


class ProgressBar(Callback):
    """A bar for each phase, with the losses and metrics of the last epoch behind it."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.what = ""

    def preparing(self, what: str, done: int, total: int) -> None:
        """Shows how many items are ready."""
        if not what or not done:
            return
        if what != self.what or self.bar is None:
            self._open(what, total)
        self.bar.update(done - self.bar.n)

    def before_fit(self, learn: Loop) -> None:
        phase = learn.phase
        if phase:
            why = learn.history.phases[-1].get("why", "")
            name = f"{phase.name} ({why})" if why else phase.name
            self._open(name, (phase.epochs - learn.phase_epoch) * learn.n_iter)

    def after_batch(self, learn: Loop) -> None:
        if learn.training:
            self.bar.update(1)

    def after_epoch(self, learn: Loop) -> None:
        names = ("train_loss", "valid_loss", *learn.metric_names)
        row = learn.history.epochs[-1]
        values = [f"{name} {row[name]:.4f}" for name in names if row.get(name) is not None]
        self.bar.set_postfix_str(f"epoch {row['epoch']}: {', '.join(values)}", refresh=False)

    def after_fit(self, learn: Loop) -> None:
        del learn
        self.close()

    def close(self) -> None:
        """Leaves the bar as it stands."""
        if self.bar is not None:
            self.bar.refresh()
            self.bar.close()
            self.bar = None

    def _open(self, what: str, total: int) -> None:
        from tqdm.auto import tqdm  # imports Jupyter's widgets, so only when there is a bar

        self.close()
        self.what, self.bar = what, tqdm(total=total, desc=what, leave=True)


class EarlyStoppingCallback(Callback):
    """Ends the fit after `patience` epochs in which `monitor` did not get better.

    Args:
        monitor: A name in the epochs' history.
        min_delta: How much better counts as better.
        patience: Epochs to wait.
    """

    def __init__(self, monitor: str = LOSS, min_delta: float = 0.0, patience: int = 1) -> None:
        self.monitor, self.min_delta, self.patience = monitor, min_delta, patience

    def after_epoch(self, learn: Loop) -> None:
        # counted anew from the history each time, so that a resumed fit waits no longer
        best, waited = math.inf, 0
        for cost in costs(learn.history.epochs[-learn.phase_epoch - 1 :], self.monitor):
            better = cost < best - self.min_delta
            best, waited = (cost, 0) if better else (best, waited + 1)
        if waited >= self.patience:
            raise CancelFitException


class SaveModelCallback(Callback):
    """Ends each phase of a fit with the weights of its best epoch.

    Args:
        monitor: What decides which is best, a name in the epochs' history.
        fname: Keeps the weights of each new best epoch by this name, as `learn.save` does; None
            keeps them in memory only.
    """

    def __init__(self, monitor: str = LOSS, fname: str | None = None) -> None:
        self.monitor, self.fname = monitor, fname

    def before_fit(self, learn: Loop) -> None:
        learn.best.monitor = self.monitor

    def after_epoch(self, learn: Loop) -> None:
        best, phase = learn.best, learn.phase  # `best` is told of an epoch before this is
        if self.fname and best.improved:
            checkpoint.save_weights(learn.model, self.fname)
        if phase and learn.phase_epoch == phase.epochs - 1:
            best.put_back(learn)

    def after_fit(self, learn: Loop) -> None:
        learn.best.monitor = LOSS


class GradientClip(Callback):
    """Shortens the gradient where its norm is above `max_norm`."""

    def __init__(self, max_norm: float = 1.0, norm_type: float = 2.0) -> None:
        self.max_norm, self.norm_type = max_norm, norm_type

    def after_backward(self, learn: Loop) -> None:
        if learn.scaler:
            learn.scaler.unscale_(learn.optimizer)
        torch.nn.utils.clip_grad_norm_(learn.part.parameters(), self.max_norm, self.norm_type)
