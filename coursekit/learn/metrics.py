"""Scores on data that was not trained on: functions of all predictions and all targets."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from coursekit.core.errors import CourseError
from coursekit.core.wording import percent, plural

Metric = Callable[[Tensor, Tensor], Any]

TAKEN = {"loss", "train_loss", "valid_loss", "epoch", "phase", "step", "lr", "seconds", "first"}
"""Names that an epoch's history has for something else."""


def accuracy(preds: Tensor, targs: Tensor) -> Tensor:
    """The share of items whose highest prediction is the target. `preds`: (items, ..., classes)."""
    return (preds.argmax(-1) == targs).float().mean()


def error_rate(preds: Tensor, targs: Tensor) -> Tensor:
    """The share of items that were got wrong: 1 - `accuracy`."""
    return 1 - accuracy(preds, targs)


def top_k_accuracy(preds: Tensor, targs: Tensor, k: int = 5) -> Tensor:
    """The share of items whose target is among the `k` highest predictions."""
    highest = preds.topk(min(k, preds.shape[-1]), dim=-1).indices
    return (highest == targs[..., None]).any(-1).float().mean()


def mse(preds: Tensor, targs: Tensor) -> Tensor:
    """The mean squared error, in the square of the target's unit."""
    return (preds.reshape_as(targs) - targs).float().square().mean()


def rmse(preds: Tensor, targs: Tensor) -> Tensor:
    """The root of the mean squared error, in the target's unit."""
    return mse(preds, targs).sqrt()


def mae(preds: Tensor, targs: Tensor) -> Tensor:
    """The mean absolute error, in the target's unit."""
    return (preds.reshape_as(targs) - targs).float().abs().mean()


def from_sklearn(score: Callable[..., Any], **arguments: Any) -> Metric:
    """A metric from scikit-learn's `score(y_true, y_pred)`; the predicted class is what it gets."""

    @functools.wraps(score)
    def metric(preds: Tensor, targs: Tensor) -> Any:
        return score(targs.cpu().numpy(), preds.argmax(-1).cpu().numpy(), **arguments)

    return metric


def from_torchmetrics(metric: Any) -> Metric:
    """A metric from a torchmetrics object; it is reset each time."""

    def score(preds: Tensor, targs: Tensor) -> Any:
        metric.reset()
        return metric.to(preds.device)(preds, targs)

    score.__name__ = type(metric).__name__
    return score


def name_of(metric: Metric) -> str:
    """What a metric is called in the history."""
    inner = metric.func if isinstance(metric, functools.partial) else metric
    return getattr(inner, "__name__", type(inner).__name__)


def as_list(metrics: Metric | Iterable[Metric] | None) -> list[Metric]:
    """One metric, several or none, as a list.

    Raises:
        CourseError: One is no function, two are called alike, or one is called as something else in
            an epoch's history.
    """
    if metrics is None:
        return []
    found: list[Metric] = [metrics] if callable(metrics) else list(metrics)
    if wrong := [metric for metric in found if not callable(metric)]:
        given = metrics if isinstance(metrics, str) else wrong[0]
        raise CourseError(f"{given!r} is no metric. Give functions, such as metrics=accuracy.")
    names = [name_of(metric) for metric in found]
    for name in names:
        if name in TAKEN or names.count(name) > 1:
            raise CourseError(
                f"Two values of an epoch would be called {name}. "
                "Wrap that metric in a function of another name."
            )
    return found


@torch.no_grad()
def scores(metrics: Iterable[Metric], preds: Tensor, targs: Tensor) -> dict[str, float]:
    """Each metric over all items at once, by name."""
    return {name_of(metric): float(metric(preds, targs)) for metric in metrics}


class Scores(tuple[float, ...]):
    """The loss and the metrics as numbers, and on which data they were taken.

    Attributes:
        names: What each number is: `loss`, then the metrics.
        data: `validation` or `test`.
        n: How many items were judged.
        used_for_choosing: Whether that data decided anything about this model (which epoch's
            weights to keep, when to stop, the threshold), so that the score flatters it.
        note: A sentence to read along with the numbers.
    """

    names: tuple[str, ...]
    data: str
    n: int
    used_for_choosing: bool
    note: str

    def __new__(
        cls, values: dict[str, float], data: str, n: int, used_for_choosing: bool, note: str = ""
    ) -> Scores:
        self = super().__new__(cls, values.values())
        self.names, self.data, self.n = tuple(values), data, n
        self.used_for_choosing, self.note = used_for_choosing, note
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        values = dict(zip(self.names, self, strict=True))
        return values, self.data, self.n, self.used_for_choosing, self.note

    def __repr__(self) -> str:
        numbers = ", ".join(_worded(n, v) for n, v in zip(self.names, self, strict=True))
        chosen = ", which was also used for choosing" if self.used_for_choosing else ""
        return f"{numbers} on {plural(self.n, f'{self.data} item')}{chosen}. {self.note}".strip()

    def to_json(self) -> Sequence[dict[str, Any]]:
        """A row for each number, as an export keeps them."""
        about = {"n": self.n, "data": self.data, "used_for_choosing": self.used_for_choosing}
        rows = zip(self.names, self, strict=True)
        return [{"metric": name, "value": value, **about} for name, value in rows]


def _worded(name: str, value: float) -> str:
    share = name in {"accuracy", "error_rate", "top_k_accuracy"}
    return f"{name} {percent(value) if share else f'{value:.4g}'}"
