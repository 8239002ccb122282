"""How long a fit will take on this machine, and what would make it shorter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from torch import nn

from coursekit.core.errors import CourseError
from coursekit.core.wording import duration, plural
from coursekit.learn import features, phases
from coursekit.learn.freezing import optimizer_groups, train_mode
from coursekit.learn.loaders import batches_in, to_device
from coursekit.learn.lr_find import unchanged
from coursekit.learn.phases import Phase

if TYPE_CHECKING:
    from coursekit.learn.learner import Learner

LONG = 300.0
"""Seconds from which on something should be changed."""

TIMED = 3
"""Batches that are timed; the first does not count."""

ITEMS = 16
"""Items of each that are used, so that an estimate takes seconds."""


@dataclass(frozen=True)
class Saving:
    """A change, the seconds that a fit takes with it, and those that it saves."""

    change: str
    seconds: float
    saved: float


@dataclass(frozen=True)
class Estimate:
    """How long a fit takes here.

    Attributes:
        seconds: From the start to the end.
        savings: Where that is more than five minutes, what to change and what is left then.
    """

    seconds: float
    savings: tuple[Saving, ...] = ()

    def __repr__(self) -> str:
        parts = [f"About {duration(self.seconds)} on this machine."]
        parts += [
            f"{saving.change} it takes about {duration(saving.seconds)}, "
            f"which saves {duration(saving.saved)}."
            for saving in self.savings
        ]
        return " ".join(parts)


class GivenUp(CourseError):
    """Nobody waits for the estimate any more."""

    def __init__(self) -> None:
        super().__init__("The estimate was given up.")


def estimate(
    learn: Learner,
    epochs: int,
    method: str,
    given_up: Callable[[], bool] = lambda: False,
    **options: Any,
) -> Estimate:
    """See `Learner.estimate`. Nothing about the Learner changes.

    Raises:
        GivenUp: `given_up`, asked after each batch that is timed, says so.
    """
    plan = phases.plan(learn, method, epochs, **options)

    def check(*_: object) -> None:
        if given_up():
            raise GivenUp

    with learn.alone(), unchanged(learn):
        learn.report = check
        seconds = _seconds(learn, plan)
        if seconds <= LONG:
            return Estimate(seconds)
        changes = {
            f"With {plural(int(_items(learn) * LONG / seconds), 'item')}": LONG,
            **_smaller(learn, seconds),
            **_shallower(learn, method, epochs, plan),
        }
    savings = [Saving(change, left, seconds - left) for change, left in changes.items()]
    return Estimate(seconds, tuple(sorted(savings, key=lambda saving: saving.seconds)))


def _smaller(learn: Learner, seconds: float) -> dict[str, float]:
    size = getattr(getattr(learn.dls, "preprocessing", None), "at_least", 0)
    # the work grows with the area
    return {"With pictures of 128 pixels": seconds * (128 / size) ** 2} if size > 128 else {}


def _shallower(learn: Learner, method: str, epochs: int, plan: list[Phase]) -> dict[str, float]:
    deep = any(phase.frozen < len(learn.groups) - 1 for phase in plan)
    if method != "fine_tune" or not deep or not learn.can_cache:
        return {}
    head = phases.plan(learn, method, epochs, depth="head")
    return {"With the head only (depth='head')": _seconds(learn, head)}


def _items(learn: Learner) -> int:
    train: Any = learn.dls.train
    return len(getattr(train, "dataset", train))


def _seconds(learn: Learner, plan: list[Phase]) -> float:
    """Reading and preparing each item once, then each phase's batches."""
    cuts = sorted({features.cut_of(learn, phase) for phase in plan} - {0})
    prepared = 0.0
    if cuts and features.known(learn, cuts[0]) is None:
        valid: Any = learn.dls.valid
        prepared = features.seconds_per_item(learn, cuts[0]) * (_items(learn) + len(valid.dataset))
    return prepared + sum(_phase_seconds(learn, phase) for phase in plan)


def _phase_seconds(learn: Learner, phase: Phase) -> float:
    """Reading each batch, a phase's steps, and a validation of a third of their cost an epoch."""
    cut = features.cut_of(learn, phase)
    train, valid = (batches_in(loader) for loader in (learn.dls.train, learn.dls.valid))
    part = learn.model[cut:] if cut else learn.model  # type: ignore[index]
    batches = features.sample(learn, cut) if cut else learn.dls.train
    reading, step = _batch_seconds(learn, phase, part, batches)
    return phase.epochs * (reading * (train + valid) + step * (train + valid / 3))


def _batch_seconds(
    learn: Learner, phase: Phase, part: nn.Module, batches: Iterable[Any]
) -> tuple[float, float]:
    """How long it takes to read a batch, and to learn from one."""
    learn.set_frozen(phase.frozen)
    train_mode(part, learn.groups[:-1] if phase.steady_norms else ())
    rates = [0.0] * len(learn.groups)
    opt = learn.opt_func(optimizer_groups(part, learn.groups, rates, 0.0), lr=0.0)
    reading: list[float] = []
    steps: list[float] = []
    asked = time.perf_counter()
    for batch in islice(batches, TIMED):
        learn.report("estimating", len(steps), TIMED)
        began = time.perf_counter()
        reading.append(began - asked)
        *x, y = (part[:ITEMS] for part in to_device(batch, learn.dls.device))
        with learn.precision:
            loss = learn.loss_func(part(*x), y)
        loss.backward()
        opt.step()
        opt.zero_grad()
        float(loss.detach())  # a GPU works ahead: this waits for it
        asked = time.perf_counter()
        steps.append((asked - began) * len(batch[-1]) / len(y))
    return min(reading[1:] or reading), min(steps[1:] or steps)
