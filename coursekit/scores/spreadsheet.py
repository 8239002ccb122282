"""Experiments as comma-separated values, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from coursekit.scores.experiment import Experiment

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet may compute."""


def as_csv(runs: Sequence[Experiment]) -> str:
    """A row for each run: what it reached, its settings, note and tags. Shares are 0 to 1."""
    rows = [_row(run) for run in runs]
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.writer(text)
    writer.writerow(map(safe, names))
    writer.writerows([safe(row.get(name, "")) for name in names] for row in rows)
    return text.getvalue()


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


def safe(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    text = "" if value is None else str(value)
    if text.lstrip(" ").startswith(FORMULA) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
