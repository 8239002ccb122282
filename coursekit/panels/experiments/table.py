"""The table of runs, with a box to tick in each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Bool, List

from coursekit.core.wording import duration
from coursekit.panels.frame import LISTED, joined
from coursekit.scores.compare import LETTERS
from coursekit.scores.experiment import Experiment, error_words, number


class RunsTable(anywidget.AnyWidget):
    """Rows of words; a ticked one is compared.

    Args:
        choose: Called with the id of a row, and whether its box is ticked now.

    Attributes:
        rows: See `rows_of`.
        full: Whether no further row can be ticked.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = joined(LISTED, Path(__file__).with_suffix(".css"))
    rows: Any = List().tag(sync=True)
    full = Bool(False).tag(sync=True)

    def __init__(self, choose: Callable[[str, bool], object]) -> None:
        super().__init__()
        self._choose = choose
        self.on_msg(self._hear)

    def _hear(self, _: object, content: Any, __: object) -> None:
        """Whatever a page sent: only ids of rows that are shown are passed on."""
        which = content.get("choose") if isinstance(content, dict) else None
        if any(row["id"] == which for row in self.rows):
            self._choose(str(which), content.get("yes") is True)


def rows_of(runs: Sequence[Experiment], chosen: Sequence[str]) -> list[dict[str, str]]:
    """Each run as the table shows it; `letter` is what it is called in the comparison, or ""."""
    letters = dict(zip(chosen, LETTERS, strict=False))
    return [row_of(run, letters.get(run.id, "")) for run in runs]


def row_of(run: Experiment, letter: str) -> dict[str, str]:
    """A run's row."""
    noted, first_line = run.notes, next(iter(run.notes.text.splitlines()), "")
    origin = f"{noted.change} (a copy of {short(noted.original)})" if noted.copied_from else ""
    about = [origin, short(first_line), " ".join(f"#{tag}" for tag in noted.tags)]
    return {
        "id": run.id,
        "letter": letter,
        "name": run.name,
        "began": run.began,
        "about": "\n".join(filter(None, about)),
        "state": run.state,
        "error": error_words(run).replace(" (", "\n("),
        "loss": "" if run.valid_loss is None else number(run.valid_loss),
        "time": duration(run.seconds) if run.seconds else "",
        "board": "yes" if run.on_board else "no",
    }


def short(text: str, most: int = 90) -> str:
    """The beginning of a text; the whole of it is where the run is looked at."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
