"""The learning-rate finder: how the loss answers to rates from tiny to huge."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coursekit.core.errors import CourseError
from coursekit.learn import dice
from coursekit.learn.events import Callback, CancelEpochException, CancelFitException
from coursekit.learn.figures import Plot
from coursekit.learn.freezing import put_back, snapshot, spread
from coursekit.learn.loaders import batches_in
from coursekit.learn.phases import Phase
from coursekit.learn.schedule import Exponential

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop, Report

SMOOTHING = 0.98
DIVERGED = 4
"""The search ends when the smoothed loss is so many times the lowest."""

FEWEST = 10
"""Batches below which there is nothing to be seen."""


@dataclass(frozen=True)
class RateFinder:
    """What was tried, and rates worth a try.

    Attributes:
        valley: In the middle of the longest slope downwards.
        minimum: A tenth of the rate with the lowest loss, if that was tried.
        steep: Where the loss fell fastest.
        slide: The highest rate before the loss climbs.
        rates: Every rate that was tried, in order.
        losses: The smoothed loss at each.
    """

    valley: float
    minimum: float
    steep: float
    slide: float
    rates: tuple[float, ...]
    losses: tuple[float, ...]

    def __repr__(self) -> str:
        names = ("valley", "minimum", "steep", "slide")
        return ", ".join(f"{name} {getattr(self, name):.2g}" for name in names)

    def plot(self) -> Plot:
        """Loss against rate, with the suggestions."""
        plot = Plot()
        axis = plot.axes[0, 0]
        axis.plot(self.rates, self.losses)
        for name, marker in (("valley", "o"), ("minimum", "s"), ("steep", "^"), ("slide", "D")):
            rate = getattr(self, name)
            nearest = min(range(len(self.rates)), key=lambda i: abs(self.rates[i] - rate))
            axis.plot(rate, self.losses[nearest], marker, label=f"{name} {rate:.2g}")
        axis.set(xscale="log", xlabel="learning rate", ylabel="loss")
        axis.legend()
        return plot

    def _repr_png_(self) -> bytes:
        return self.plot()._repr_png_()


class _Search(Callback):
    """Ends the fit after `steps` batches or when the loss has run away; validates nothing."""

    def __init__(self, steps: int, report: Report) -> None:
        self.steps, self.report, self.best, self.mean = steps, report, math.inf, 0.0
        self.rates: list[float] = []
        self.losses: list[float] = []

    def after_batch(self, learn: Loop) -> None:
        # one value read back a batch: the search is short, and its end depends on it
        self.mean = SMOOTHING * self.mean + (1 - SMOOTHING) * float(learn.loss.detach())
        loss = self.mean / (1 - SMOOTHING ** (len(self.losses) + 1))
        self.losses.append(loss)
        self.rates.append(learn.history.rates[-1])
        self.best = min(self.best, loss)
        self.report("trying rates", len(self.losses), self.steps)
        ran_away = not math.isfinite(loss) or (
            len(self.losses) > 10 and loss > DIVERGED * self.best
        )
        if ran_away or len(self.losses) >= self.steps:
            raise CancelFitException

    def before_validate(self, learn: Loop) -> None:
        del learn
        raise CancelEpochException


def find(
    learn: Loop,
    start_lr: float = 1e-7,
    end_lr: float = 10.0,
    num_it: int = 100,
    report: Report | None = None,
) -> RateFinder:
    """Trains up to `num_it` batches while the rate climbs from `start_lr` to `end_lr`.

    Everything is kept in memory, so no folder must be writable; weights, history and random state
    are put back bit for bit. Searches in several threads take turns. `report` is called with what
    is being done, how many items or batches are done, and of how many.

    Raises:
        CourseError: The loss ran away before there was anything to see, or `num_it` is too small.

    Source: Smith, Cyclical Learning Rates for Training Neural Networks (2017); the suggestions are
    those of fast.ai.
    """
    if num_it < FEWEST:
        raise CourseError(f"{num_it} batches show no slope. Try {FEWEST} or more.")
    report = report or (lambda what, done, total: None)
    search, batches = _Search(num_it, report), batches_in(learn.dls.train)
    with learn.alone(), unchanged(learn):
        epochs = -(-num_it // max(1, batches))
        rates = tuple(spread(start_lr, len(learn.groups)))
        climb = Exponential(end_lr / start_lr, epochs * batches / num_it)
        phase = Phase("looking for a rate", epochs, climb, rates, learn.frozen, learn.wd)
        learn.follow([phase], [search], report=report)
    if len(search.losses) < FEWEST:
        raise CourseError(
            "The loss ran away at once. Start from a lower rate, or look at the data."
        )
    return _suggest(search.rates, search.losses)


@contextmanager
def unchanged(learn: Loop) -> Iterator[None]:
    """Whatever is trained in here leaves no trace in weights, history, counters and dice."""
    names = ("history", "fits", "frozen", "chosen_on_validation", "kept_epoch", "cbs", "plan")
    with dice.unmoved(learn.dls.device):
        before = {name: getattr(learn, name) for name in names}
        weights, learn.cbs = snapshot(learn.model), []
        try:
            yield
        finally:
            put_back(learn.model, weights)
            for name, value in before.items():
                setattr(learn, name, value)
            learn.set_frozen(learn.frozen)


def _suggest(rates: list[float], losses: list[float]) -> RateFinder:
    # the last steps, where the loss ran away, would dwarf the rest
    end = max(FEWEST, len(losses) - 5)
    rates, losses = rates[:end], losses[:end]
    lowest = min(range(end), key=losses.__getitem__)
    slopes = [
        (losses[i + 1] - losses[i]) / (math.log(rates[i + 1]) - math.log(rates[i]))
        for i in range(end - 1)
    ]
    steepest = min(range(end - 1), key=slopes.__getitem__)
    return RateFinder(
        valley=rates[_valley(losses)],
        minimum=max(rates[lowest] / 10, rates[0]),
        steep=rates[steepest],
        slide=rates[_slide(losses, lowest)],
        rates=tuple(rates),
        losses=tuple(losses),
    )


def _valley(losses: list[float]) -> int:
    """Two thirds down the longest run of ever lower losses (a longest decreasing subsequence)."""
    n = len(losses)
    lengths = [1] * n
    for i in range(1, n):
        lengths[i] += max((lengths[j] for j in range(i) if losses[j] > losses[i]), default=0)
    length = max(lengths)
    last = lengths.index(length)
    first, wanted, lowest = last, length, math.inf
    for i in range(last, -1, -1):
        if lengths[i] == wanted and losses[i] >= (lowest if lowest < math.inf else losses[i]):
            first, wanted, lowest = i, wanted - 1, losses[i]
    section = (last - first) // 3
    return first + section + section // 2


def _slide(losses: list[float], lowest: int) -> int:
    """The last rate before the lowest loss at which nine tenths of the fall were still to come."""
    top = max(losses[: lowest + 1])
    bound = losses[lowest] + 0.1 * (top - losses[lowest])
    return next((i for i in range(lowest + 1) if losses[i] <= bound), lowest)
