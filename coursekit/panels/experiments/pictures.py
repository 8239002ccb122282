"""Curves as PNG files, for a report."""

from __future__ import annotations

from collections.abc import Sequence

from coursekit.learn.figures import Plot
from coursekit.panels.experiments.lines import TRAINING, called, offered, points, unit_of
from coursekit.panels.training.saved import Kept

STYLES = [
    ("#1976d2", "-", "o"),
    ("#b35900", "--", "s"),
    ("#1b6e3c", ":", "^"),
    ("#8e24aa", "-.", "D"),
    ("#c2185b", (0, (5, 2)), "v"),
    ("#5d4037", (0, (8, 2, 2, 2, 2, 2)), "P"),
]
"""Colour, dashes and points of each run, as in the page."""


def curves(runs: Sequence[tuple[str, Kept | None]]) -> dict[str, bytes]:
    """A picture for each thing that can be drawn, by what it shows.

    Args:
        runs: Each with its label; None where it has no curves.
    """
    made = {}
    for what in offered([run for _, run in runs if run]).values():
        by = "step" if what in (TRAINING, "rate") else "epoch"
        made[f"{called(what)} by {by}".replace(" (%)", "")] = picture(runs, what, by)
    return made


def picture(runs: Sequence[tuple[str, Kept | None]], what: str, by: str) -> bytes:
    """The runs' curves over each other, as PNG."""
    plot = Plot((7.2, 4.0))
    axis = plot.axes[0, 0]
    for (label, run), (colour, dashes, form) in zip(runs, STYLES, strict=False):
        values = points(run, what, by) if run else []
        if values:
            marker = form if len(values) <= 60 else ""
            look = {"color": colour, "linestyle": dashes, "marker": marker}
            # a dollar sign would begin a formula, an underscore hide the label
            axis.plot(*zip(*values, strict=True), label=shown(label), linewidth=1.5, **look)
    unit = unit_of([run for _, run in runs if run]) if by == "epoch" else by
    axis.set(xlabel=unit, ylabel=called(what))
    axis.grid(alpha=0.3)
    axis.legend(fontsize="small")
    return plot._repr_png_()


END = 24
"""Characters at the end of a label that is too long: what tells a run apart stands there."""


def shown(label: str, most: int = 60) -> str:
    """A label as matplotlib can show it: no formula, and "?" for what its font lacks."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties())).get_charmap()
    short = label if len(label) <= most else f"{label[: most - END - 1]}…{label[-END:]}"
    return "".join(it if ord(it) in known else "?" for it in short).replace("$", r"\$")
