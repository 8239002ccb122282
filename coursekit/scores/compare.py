"""Runs side by side: what each did and reached, which settings differ, what can be told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from coursekit.core.wording import listing
from coursekit.scores.experiment import Experiment
from coursekit.scores.interval import overlap

LETTERS = "ABCDEF"
"""What the compared runs are called for short; there are no more of them at once."""


@dataclass(frozen=True)
class Row:
    """One line of a comparison.

    Attributes:
        name: What is compared.
        cells: What each run has, in order; "" where one has none.
    """

    name: str
    cells: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the runs have different ones."""
        return len(set(self.cells)) > 1

    def unlike_first(self, place: int) -> bool:
        """Whether the run at `place` has another one than the first run."""
        return self.cells[place] != self.cells[0]


def settings_of(runs: Sequence[Experiment]) -> list[Row]:
    """A row for each setting, in the order of a recipe."""
    return _rows(runs, lambda run: run.settings)


def results_of(runs: Sequence[Experiment]) -> list[Row]:
    """A row for each thing that came out."""
    return _rows(runs, lambda run: run.results)


def _rows(runs: Sequence[Experiment], said: Callable[[Experiment], Mapping[str, str]]) -> list[Row]:
    columns = [said(run) for run in runs]
    names = dict.fromkeys(name for column in columns for name in column)
    return [Row(name, tuple(column.get(name, "") for column in columns)) for name in names]


def verdict(runs: Sequence[Experiment]) -> str:
    """What the error rates of these runs allow to say, in a sentence or two; "" for one run."""
    judged = [(LETTERS[i], run) for i, run in enumerate(runs) if run.interval]
    if len(judged) < 2:
        return ""
    if len({_judged_on(run) for _, run in judged}) > 1:
        return (
            "These runs were not all judged on the same photos, so their error rates can't be "
            "compared."
        )
    return _told_apart(judged)


def _judged_on(run: Experiment) -> str:
    """What tells the data and its split from others."""
    data = run.recipe.get("data", {})
    return str(data.get("digest") or data.get("source") or data)


def _told_apart(judged: Sequence[tuple[str, Experiment]]) -> str:
    """Which pairs are told apart by their intervals, where not all are."""
    pairs = list(combinations(judged, 2))
    apart = [
        (a, b) for a, b in pairs if not overlap(a[1].interval or (0, 1), b[1].interval or (0, 1))
    ]
    if not apart:
        names = listing((letter for letter, _ in judged), most=6)
        return (
            f"The error rates of {names} can't be told apart: their intervals overlap. "
            "More validation photos would tell more."
        )
    better = (_order(a, b) for a, b in apart)
    rest = "" if len(apart) == len(pairs) else " The others can't be told apart."
    return f"By their error rates {listing(better, most=6)}.{rest}"


def _order(a: tuple[str, Experiment], b: tuple[str, Experiment]) -> str:
    first, second = sorted((a, b), key=lambda it: it[1].error_rate or 0.0)
    return f"{first[0]} is better than {second[0]}"


def titles(runs: Sequence[Experiment]) -> list[str]:
    """`A: resnet34, 3 epochs` for each run."""
    return [f"{LETTERS[i]}: {run.name}" for i, run in enumerate(runs)]
