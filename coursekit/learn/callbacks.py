"""Callbacks that most fits want: best weights, early stopping, clipping, a progress bar."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from coursekit.learn.events import Callback, CancelFitException
from coursekit.learn.freezing import put_back, snapshot

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop

LOWER_IS_BETTER = ("loss", "error", "mse", "mae")


class BestWeights(Callback):
    """Remembers the weights of the phase's best epoch: the one with the lowest validation loss.

    The Learner has one always; a fit that is stopped, interrupted or failing ends with its weights.

    Attributes:
        state: The parameters and buffers of the trained part, empty before the first epoch's end.
        loss: Their validation loss.
    """

    def __init__(self) -> None:
        self.state: dict[str, Tensor] = {}
        self.loss = self.now = math.inf

    def before_fit(self, learn: Loop) -> None:
        if learn.phase_index == 0 and learn.phase_epoch == 0:
            self.now = math.inf
        if not self.state:  # else they are those of a checkpoint
            self.loss = self.now
            self.state = snapshot(learn.part) if self.now < math.inf else {}

    def after_epoch(self, learn: Loop) -> None:
        loss = learn.history.last("valid_loss")
        if loss is None:
            return
        self.now = loss
        if loss < self.loss:
            self.loss, self.state = loss, snapshot(learn.part)

    def put_back(self, learn: Loop) -> None:
        """Gives the trained part its best weights."""
        if self.state:
            put_back(learn.part, self.state)
            learn.chosen_on_validation, self.now = True, self.loss

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
        if what != self.what or self.bar is None:
            self._open(what, total)
        self.bar.update(done - self.bar.n)

    def before_fit(self, learn: Loop) -> None:
        phase = learn.phase
        if phase:
            self._open(phase.name, (phase.epochs - learn.phase_epoch) * learn.n_iter)

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

    def __init__(
        self, monitor: str = "valid_loss", min_delta: float = 0.0, patience: int = 1
    ) -> None:
        self.monitor, self.min_delta, self.patience = monitor, min_delta, patience
        self.sign = 1.0 if any(word in monitor for word in LOWER_IS_BETTER) else -1.0

    def before_fit(self, learn: Loop) -> None:
        del learn
        self.best, self.waited = math.inf, 0

    def after_epoch(self, learn: Loop) -> None:
        if learn.history.last("valid_loss") is None:  # the epoch was cancelled
            return
        value = self.sign * learn.history.last(self.monitor)
        better = value < self.best - self.min_delta
        self.best, self.waited = (value, 0) if better else (self.best, self.waited + 1)
        if self.waited >= self.patience:
            raise CancelFitException


class SaveModelCallback(Callback):
    """Ends the fit with the weights of the epoch with the lowest validation loss."""

    def after_epoch(self, learn: Loop) -> None:
        phase = learn.phase
        if phase and learn.phase_epoch == phase.epochs - 1:
            learn.best.put_back(learn)  # the Learner's own is told of an epoch before this is


class GradientClip(Callback):
    """Shortens the gradient where its norm is above `max_norm`."""

    def __init__(self, max_norm: float = 1.0, norm_type: float = 2.0) -> None:
        self.max_norm, self.norm_type = max_norm, norm_type

    def after_backward(self, learn: Loop) -> None:
        if learn.scaler:
            learn.scaler.unscale_(learn.optimizer)
        torch.nn.utils.clip_grad_norm_(learn.part.parameters(), self.max_norm, self.norm_type)
