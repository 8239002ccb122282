"""The comparison as a table in HTML: what differs is marked, by more than colour."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from coursekit.scores.compare import LETTERS, Row, names, results_of, settings_of, verdict
from coursekit.scores.experiment import Experiment

SAME = "<p>No setting that is kept differs.</p>"


def comparison_html(runs: Sequence[Experiment], all_rows: bool = False) -> str:
    """Runs as columns, what came out and the settings as rows.

    Args:
        runs: At most six; "" for none.
        all_rows: Whether settings that are the same in all are there, too.
    """
    if not runs:
        return ""
    rows = settings_of(runs)
    shown = [row for row in rows if row.differs or all_rows or len(runs) == 1]
    what = "Settings" if all_rows or len(runs) == 1 else "Settings that differ"
    return (
        f"<p>{escape(explained(runs))}</p>"
        "<div class='ck-scroll ck-compared' tabindex='0' role='region' "
        "aria-label='Comparison'><table>"
        f"<caption class='ck-unseen'>The chosen runs side by side</caption>{head(runs)}"
        f"{part('What came out', runs, results_of(runs), marked=False)}"
        f"{part(what, runs, shown, marked=True)}</table></div>"
        f"{'' if shown else SAME}<p class='ck-verdict-line'>{escape(verdict(runs))}</p>"
    )


def explained(runs: Sequence[Experiment]) -> str:
    """How the table marks what differs; above it, since a caption would scroll with it."""
    if len(runs) == 1:
        return "One run. Choose another in the table to compare it with."
    return f"{len(runs)} runs side by side; \u2260 marks what is not as in A."


def head(runs: Sequence[Experiment]) -> str:
    """A column's head for each run: its letter, name and time."""
    cells = ""
    for letter, name, run in zip(LETTERS, names(runs), runs, strict=False):
        time = "" if run.began in name else f"<br><small>{escape(run.began)}</small>"
        cells += f"<th scope='col'><b>{letter}</b> {escape(name)}{time}</th>"
    return f"<thead><tr><td></td>{cells}</tr></thead>"


def part(title: str, runs: Sequence[Experiment], rows: Sequence[Row], marked: bool) -> str:
    """Rows under a heading of their own."""
    if not rows:
        return ""
    heading = f"<tr><th scope='rowgroup' colspan='{len(runs) + 1}'>{escape(title)}</th></tr>"
    lines = "".join(
        f"<tr><th scope='row'>{escape(row.name)}</th>{cells(row, marked)}</tr>" for row in rows
    )
    return f"<tbody>{heading}{lines}</tbody>"


def cells(row: Row, marked: bool) -> str:
    """A row's cells; those that are not as in the first run are marked."""
    return "".join(
        cell(text, marked and row.unlike_first(place)) for place, text in enumerate(row.cells)
    )


def cell(text: str, unlike: bool) -> str:
    """One cell; a dash where there is nothing."""
    shown = escape(text) or "\u2013"
    if not unlike:
        return f"<td>{shown}</td>"
    return (
        f"<td class='ck-unlike'><span aria-hidden='true'>\u2260 </span>{shown}"
        "<span class='ck-unseen'> (not as in A)</span></td>"
    )
