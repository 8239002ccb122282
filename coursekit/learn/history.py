"""What a fit went through: every step's loss and rate, every epoch's losses and metrics."""

from __future__ import annotations

import json
import threading
from typing import Any, Literal

import torch
from torch import Tensor

from coursekit.core import cells
from coursekit.core.thinning import thin
from coursekit.learn.figures import Plot

Point = tuple[int, float, float]

FORMAT = 1
"""Of the files in a run's folder."""


class History:
    """Grows while a fit runs; reading it is the only thing that fetches losses from the device.

    Attributes:
        epochs: A row for each epoch: `epoch` (from 1, through all phases), `phase`, `step` (how
            many were done), `train_loss` (mean over its steps), `valid_loss`, the metrics by name,
            `lr`, `seconds`.
        phases: A row for each phase of training: what ran on how many items, and how.
    """

    def __init__(self) -> None:
        self.epochs: list[dict[str, Any]] = []
        self.phases: list[dict[str, Any]] = []
        self._losses: list[float] = []
        self._rates: list[float] = []
        self._waiting: list[Tensor] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Steps so far."""
        return len(self._rates)

    def add_step(self, loss: Tensor, lr: float) -> None:
        """Notes a step without waiting for the device. `loss` has no dimensions and no graph."""
        self._waiting.append(loss)
        self._rates.append(lr)

    @property
    def losses(self) -> list[float]:
        """Every step's training loss."""
        with self._lock:  # a panel may read while the fit does
            if self._waiting:
                waiting, self._waiting = self._waiting, []
                self._losses.extend(torch.stack(waiting).tolist())
            return self._losses

    @property
    def rates(self) -> list[float]:
        """Every step's learning rate (of the last parameter group)."""
        return self._rates

    def since(self, step: int) -> tuple[Point, ...]:
        """(step, loss, rate) of every step from `step` on, counted from 0."""
        losses = self.losses[step:]
        return tuple(zip(range(step, step + len(losses)), losses, self._rates[step:], strict=False))

    def mean_loss(self, since: int) -> float | None:
        """The mean training loss from step `since` on; None where there was no step."""
        losses = self.losses[since:]
        return sum(losses) / len(losses) if losses else None

    def add_epoch(self, first: int, **values: Any) -> None:
        """Notes an epoch whose steps began at `first`."""
        lr = self._rates[-1] if self._rates else 0.0
        done = {"step": len(self), "lr": lr, "train_loss": self.mean_loss(first)}
        self.epochs.append(done | values)

    def last(self, name: str) -> Any:
        """The latest epoch's value of `name`, such as `valid_loss` or a metric.

        Raises:
            KeyError: No epoch has ended, or there is no such value.
        """
        if not self.epochs:
            raise KeyError(f"{name}: no epoch has ended yet")
        return self.epochs[-1][name]

    def cut(self, steps: int, epochs: int, phases: int) -> None:
        """Forgets what came after so many steps, epochs and phases."""
        self._losses, self._rates = self.losses[:steps], self._rates[:steps]
        self.epochs, self.phases = self.epochs[:epochs], self.phases[:phases]

    def to_json(self) -> str:
        """Everything, as JSON."""
        values = {"losses": self.losses, "rates": self._rates}
        return json.dumps(
            {"format": FORMAT, "epochs": self.epochs, "phases": self.phases, **values}
        )

    @classmethod
    def from_json(cls, text: str) -> History:
        """The history that `to_json` wrote."""
        data = json.loads(text)
        history = cls()
        history.epochs, history.phases = data["epochs"], data["phases"]
        history._losses, history._rates = data["losses"], data["rates"]
        return history

    def to_csv(self, by: Literal["epoch", "step"] = "epoch") -> str:
        """A row for each epoch, or for each step, as comma-separated values with a header.

        A step has its number, from 1, its training loss and its rate.
        """
        rows = self.epochs
        if by == "step":
            rows = [{"step": s + 1, "train_loss": loss, "lr": lr} for s, loss, lr in self.since(0)]
        return cells.table(list(dict.fromkeys(name for row in rows for name in row)), rows)

    def plot_loss(self) -> Plot:
        """Training loss by step, validation loss at the end of each epoch."""
        plot = Plot()
        axis = plot.axes[0, 0]
        points = thin(list(enumerate(self.losses)))
        axis.plot(*zip(*points, strict=True), label="train") if points else None
        ends = [
            (r["step"], r["valid_loss"]) for r in self.epochs if r.get("valid_loss") is not None
        ]
        axis.plot(*zip(*ends, strict=True), marker="o", label="valid") if ends else None
        axis.set(xlabel="step", ylabel="loss")
        axis.legend() if points or ends else None
        return plot
