"""Experiments as comma-separated values, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coursekit.core import cells
from coursekit.scores.experiment import Experiment


def as_csv(runs: Sequence[Experiment]) -> str:
    """A row for each run: what it reached, its settings, note and tags. Shares are 0 to 1."""
    rows = [_row(run) for run in runs]
    return cells.table(list(dict.fromkeys(name for row in rows for name in row)), rows)


def _row(run: Experiment) -> dict[str, Any]:
    low, high = run.interval or ("", "")
    return {
        "run": run.id,
        "name": run.name,
        "began": run.began,
        "state": run.state,
        "error rate": run.error_rate,
        "error rate from": low,
        "error rate to": high,
        "judged": run.judged,
        "also chose the weights": "yes" if run.chosen else "no",
        "validation loss": run.valid_loss,
        **{f"metric {name}": value for name, value in run.metrics.items()},
        "seconds": run.seconds,
        "on the board": "yes" if run.on_board else "no",
        "tags": ", ".join(run.notes.tags),
        "note": run.notes.text,
        "copied from": run.notes.copied_from,
        "change": run.notes.change,
        **{f"setting {name}": value for name, value in run.settings.items()},
    }
