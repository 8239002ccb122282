"""What a run's curves have got since somebody was told last. No widgets, no torch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from coursekit.core import cells
from coursekit.panels.training.saved import Kept

Point = tuple[int, float, float]
Row = dict[str, Any]


class Past(Protocol):
    """What is asked of a `History`."""

    @property
    def epochs(self) -> list[Row]: ...

    @property
    def phases(self) -> list[Row]: ...

    def since(self, step: int) -> tuple[Point, ...]: ...


@dataclass(frozen=True, eq=False)
class News:
    """New points of one run.

    Attributes:
        run: The run's number, from 1.
        name: What tells it from others.
        fresh: Whether what was told of this run before is to be forgotten.
        points: (step, training loss, rate).
        epochs: Rows of the epochs that ended.
        unit: What an epoch is called: `pass` over remembered features, else `epoch`.
        kept: The epoch whose weights the model got back at the end; 0 where that did not happen.
    """

    run: int
    name: str
    fresh: bool
    points: tuple[Point, ...]
    epochs: tuple[Row, ...]
    unit: str = "epoch"
    kept: int = 0


class Teller:
    """Remembers what was told of the present run.

    Attributes:
        run: Its number.
        points: All that was told of its steps.
        epochs: All that was told of its epochs.
        unit: What they are called.
        phases: As in `History.phases`.
        kept: See `News`.
    """

    def __init__(self) -> None:
        self.run, self.name, self.unit = 0, "", "epoch"
        self.points: list[Point] = []
        self.epochs: list[Row] = []
        self.phases: list[Row] = []
        self._fresh, self.kept, self._told_kept = True, 0, 0

    @property
    def steps(self) -> int:
        """How many steps the present run has."""
        return len(self.points)

    def follow(self, name: str, again: bool = False) -> None:
        """Tells of another run from now on, or `again` of the one that goes on after a stop."""
        if not again:
            self.run, self.name = self.run + 1, name
        self.points, self.epochs, self._fresh, self.kept = [], [], True, 0

    def show(self, kept: Kept, name: str) -> None:
        """Takes a whole run that ended."""
        self.run, self.name, self.unit = self.run + 1, name, kept.unit
        self.kept = 0
        steps = range(len(kept.losses))
        self.points = list(zip(steps, kept.losses, kept.rates, strict=True))
        self.epochs, self.phases = list(kept.epochs), list(kept.phases)

    def news(self, past: Past) -> News | None:
        """What is new in the run; None where nothing is."""
        self.phases = list(past.phases)
        points, epochs = past.since(self.steps), tuple(past.epochs[len(self.epochs) :])
        if not (points or epochs or self.kept != self._told_kept):
            return None
        self._told_kept = self.kept
        self.points += points
        self.epochs += epochs
        fresh, self._fresh = self._fresh, False
        return News(self.run, self.name, fresh, points, epochs, self.unit, self.kept)

    def all(self) -> News:
        """Everything that is known of the run."""
        points, epochs = tuple(self.points), tuple(self.epochs)
        return News(self.run, self.name, True, points, epochs, self.unit, self.kept)

    def csv(self) -> str:
        """A row for each step, counted from 1, with its epoch's scores where one ended there."""
        ends = {row["step"]: row for row in self.epochs}
        names = list(dict.fromkeys(name for row in self.epochs for name in row))
        names = [name for name in names if name not in ("step", "lr", "train_loss")]
        rows = (
            ends.get(step + 1, {}) | {"step": step + 1, "train_loss": loss, "lr": rate}
            for step, loss, rate in self.points
        )
        return cells.table(["step", "train_loss", "lr", *names], rows)

    def json(self) -> str:
        """Everything, in the form of a run folder's history."""
        losses, rates = ([point[k] for point in self.points] for k in (1, 2))
        about = {"format": 1, "epochs": self.epochs, "phases": self.phases}
        return json.dumps(about | {"losses": losses, "rates": rates})

    def again(self, speed: Callable[[], float], every: float) -> Iterator[tuple[News, int]]:
        """The run once more, in pieces of `every` seconds at `speed()` steps a second."""
        place, told = 0.0, 0
        while told < self.steps:
            place = min(place + speed() * every, float(self.steps))
            if (now := int(place)) == told:
                yield News(self.run, self.name, False, (), (), self.unit), told
                continue
            rows = tuple(row for row in self.epochs if told < row["step"] <= now)
            points = tuple(self.points[told:now])
            yield News(self.run, self.name, told == 0, points, rows, self.unit), now
            told = now
