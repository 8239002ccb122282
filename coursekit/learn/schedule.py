"""How the learning rate and the momentum move through a fit."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

Moms = tuple[float, float, float]


def cosine(start: float, end: float, pct: float) -> float:
    """From `start` at 0 to `end` at 1 along half a cosine."""
    return start + (1 - math.cos(math.pi * pct)) * (end - start) / 2


def two_cosines(pct_start: float, values: Moms, pct: float) -> float:
    """Cosine from the first value to the second until `pct_start`, then on to the third."""
    first, top, last = values
    if pct < pct_start:
        return cosine(first, top, pct / pct_start)
    return cosine(top, last, (pct - pct_start) / (1 - pct_start)) if pct_start < 1 else top


@dataclass(frozen=True)
class Constant:
    """The same rate all the way; the optimiser's own momentum."""

    def at(self, pct: float) -> tuple[float, float | None]:
        """The share of the highest rate, and the momentum, when `pct` (0 to 1) is done."""
        del pct
        return 1.0, None


@dataclass(frozen=True)
class OneCycle:
    """The rate climbs to its top, then falls to nearly nothing; the momentum moves the other way.

    Source: Smith and Topin, Super-Convergence (2018); the cosines are fast.ai's.
    """

    pct_start: float = 0.25
    div: float = 25.0
    div_final: float = 1e5
    moms: Moms = (0.95, 0.85, 0.95)

    def at(self, pct: float) -> tuple[float, float | None]:
        """The share of the highest rate, and the momentum, when `pct` (0 to 1) is done."""
        factors = (1 / self.div, 1.0, 1 / self.div_final)
        rate = two_cosines(self.pct_start, factors, pct)
        return rate, two_cosines(self.pct_start, self.moms, pct)


@dataclass(frozen=True)
class FlatCos:
    """The highest rate until `pct_start`, then a cosine down to nearly nothing."""

    pct_start: float = 0.75
    div_final: float = 1e5

    def at(self, pct: float) -> tuple[float, float | None]:
        """The share of the highest rate, and the momentum, when `pct` (0 to 1) is done."""
        return two_cosines(self.pct_start, (1.0, 1.0, 1 / self.div_final), pct), None


@dataclass(frozen=True)
class Exponential:
    """From a rate of 1 (times the fit's) up by the factor `times`, evenly on a log scale.

    It gets there when one part in `parts` of the fit is done.

    Source: Smith, Cyclical Learning Rates for Training Neural Networks (2017).
    """

    times: float = 1e8
    parts: float = 1.0

    def at(self, pct: float) -> tuple[float, float | None]:
        """The share of the first rate, and the momentum, when `pct` (0 to 1) is done."""
        return self.times ** (pct * self.parts), None


Schedule = Constant | OneCycle | FlatCos | Exponential
_BY_NAME = {kind.__name__: kind for kind in (Constant, OneCycle, FlatCos, Exponential)}


def to_json(schedule: Schedule) -> dict[str, Any]:
    """A schedule as data, for recipes and checkpoints."""
    return {"name": type(schedule).__name__, **asdict(schedule)}


def from_json(data: dict[str, Any]) -> Schedule:
    """The schedule that `to_json` described."""
    arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k != "name"}
    kind: Any = _BY_NAME[data["name"]]
    schedule: Schedule = kind(**arguments)
    return schedule
