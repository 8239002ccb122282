"""Runs side by side: what each did and reached, which settings differ, what can be told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from coursekit.core.wording import listing
from coursekit.scores import items
from coursekit.scores.experiment import Experiment, began
from coursekit.scores.folder import RECIPE, read_object
from coursekit.scores.interval import overlap
from coursekit.scores.items import Changes

LETTERS = "ABCDEF"
"""What the compared runs are called for short; there are no more of them at once."""


TELLING = ("seed", "epochs", "size", "depth", "rate", "batch size", "architecture", "data")
"""Settings that tell runs of one name apart in a few words, those that people change most first."""


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
    settings = dict.fromkeys(name for column in columns for name in column)
    return [Row(name, tuple(column.get(name, "") for column in columns)) for name in settings]


def verdict(runs: Sequence[Experiment]) -> str:
    """What the error rates allow to say, and which photos are not those of A; "" for one run."""
    return " ".join(filter(None, [_rates(runs), *photo_changes(runs)]))


def photo_changes(runs: Sequence[Experiment]) -> list[str]:
    """A sentence or some for each run on the photos of A's data set that are not A's, by name."""
    first = runs[0] if runs else None
    found = [
        (letter, _changes(first.folder, run.folder))
        for letter, run in zip(LETTERS, runs, strict=False)
        if first and _judged_on(run) != _judged_on(first) and _source(run) == _source(first)
    ]
    return [f"The photos of {letter} are not those of A. {it}" for letter, it in found if str(it)]


@lru_cache(maxsize=64)  # of 100,000 photos it takes a second, and each click asks again
def _changes(before: Path, after: Path) -> Changes:
    was, now = (items.of(read_object(it, RECIPE), it) for it in (before, after))
    return items.changes(was, now)


def _source(run: Experiment) -> Any:
    return run.recipe["data"].get("source")


def _rates(runs: Sequence[Experiment]) -> str:
    """What the error rates of these runs allow to say; "" where fewer than two have one."""
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
    return [f"{letter}: {name}" for letter, name in zip(LETTERS, names(runs), strict=False)]


def names(runs: Sequence[Experiment]) -> list[str]:
    """Each run's name; where several have the same, `(seed 8)` or what else tells them apart."""
    same: dict[str, list[Experiment]] = {}
    for run in runs:
        same.setdefault(run.name, []).append(run)
    marks = {run.id: mark for group in same.values() for run, mark in _marks(group)}
    return [f"{run.name} ({mark})" if (mark := marks[run.id]) else run.name for run in runs]


def _marks(group: Sequence[Experiment]) -> list[tuple[Experiment, str]]:
    """What tells each of these runs from the others: a short setting, else when it began."""
    settings = [row for row in settings_of(group) if row.name in TELLING]
    marks = [[f"{row.name} {it or 'none'}" for it in row.cells] for row in settings]
    marks += [[run.began for run in group], [began(run.folder, exactly=True) for run in group]]
    telling = (it for it in marks if len(set(it)) == len(group))
    chosen = next(telling, [""] * len(group)) if len(group) > 1 else [""]
    return list(zip(group, chosen, strict=True))
