"""The curves of several runs: what can be shown, and each run's points. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.core.thinning import thin
from coursekit.panels.training.saved import Kept
from coursekit.panels.training.words import SHARES, plain

Points = list[tuple[float, float]]
KNOWN = ("epoch", "phase", "step", "train_loss", "valid_loss", "lr", "seconds")
TRAINING, VALIDATION, RATE = "train_loss", "valid_loss", "rate"
NAMES = {TRAINING: "training loss", VALIDATION: "validation loss", RATE: "learning rate"}
BY = {"step": "step", "epoch": "epoch"}


def offered(runs: Sequence[Kept]) -> dict[str, str]:
    """What can be drawn of these runs, by what it is called; scores first that are asked for."""
    metrics = dict.fromkeys(n for run in runs for row in run.epochs for n in row if n not in KNOWN)
    names = [TRAINING, VALIDATION, *metrics, RATE]
    return {called(name): name for name in names if any(points(run, name) for run in runs)}


def called(name: str) -> str:
    """`validation loss`, `error rate`; shares are drawn in percent."""
    words = NAMES.get(name, plain(name))
    return f"{words} (%)" if name in SHARES else words


def unit_of(runs: Sequence[Kept]) -> str:
    """What an epoch of these runs is called: one over remembered features is a pass."""
    units = sorted({run.unit for run in runs})
    return " or ".join(units) or "epoch"


def points(run: Kept, what: str, by: str = "step") -> Points:
    """A run's values of `what`, by step or by epoch; few enough to draw."""
    if what == TRAINING and by == "step":
        return thin([(step, loss) for step, loss in enumerate(run.losses, 1)])
    if what == RATE:
        ends = {row["step"]: row["epoch"] for row in run.epochs}
        rates = list(enumerate(run.rates, 1))
        return thin([(ends[s], r) for s, r in rates if s in ends] if by == "epoch" else rates)
    scale = 100.0 if what in SHARES else 1.0
    rows: Sequence[Mapping[str, Any]] = run.epochs
    return [(row[by], row[what] * scale) for row in rows if row.get(what) is not None]
