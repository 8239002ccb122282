"""The chosen runs' curves over each other, with what can be chosen of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipywidgets import Dropdown, VBox, Widget, dlink

from coursekit.panels.chart import Chart, Line
from coursekit.panels.experiments.lines import BY, TRAINING, called, offered, points, unit_of
from coursekit.panels.experiments.model import ExperimentsModel
from coursekit.panels.frame import row
from coursekit.panels.training.chart_view import SMOOTHING
from coursekit.panels.training.saved import Kept
from coursekit.panels.working import Worker, once
from coursekit.scores.compare import LETTERS, titles
from coursekit.scores.experiment import Experiment


def curves_view(model: ExperimentsModel, worker: Worker) -> Widget:
    """Curves, hidden while no chosen run has any."""
    chart = Chart(smoothing=SMOOTHING["a little"])
    what, by = field("Curve", {}), field("Over", BY)
    smoothing = field("Smoothing", SMOOTHING)
    smoothing.value = chart.smoothing
    dlink((smoothing, "value"), (chart, "smoothing"))
    box = VBox([row(what, by, smoothing), chart])
    box.layout.display = "none"
    kept: list[tuple[Experiment, Kept]] = []

    def show() -> None:
        found = [(run, model.curves(run)) for run in model.compared]
        kept[:] = [(run, curve) for run, curve in found if curve]
        offer(what, offered([curve for _, curve in kept]))
        box.layout.display = "" if what.options else "none"
        draw()

    def draw(_: object = None) -> None:
        if what.value:
            fill(chart, model.compared, kept, what.value, by.value)
            smoothing.disabled = what.value != TRAINING or by.value != "step"

    read = once(worker, lambda: worked(model, show))
    seen: list[object] = []

    def fetch(_: object = None) -> None:
        now = [(run.id, run.name, run.state, run.seconds) for run in model.compared]
        if now != seen:  # a note that changes is no reason to read them again
            seen[:] = now
            read()

    what.observe(draw, "value")
    by.observe(draw, "value")
    model.observe(fetch, ["chosen", "runs"])
    fetch()
    return box


def worked(model: ExperimentsModel, show: Any) -> None:
    """Reads and draws; curves that are damaged become a sentence."""
    if not model.compared:
        show()
        return
    before = model.message
    with model.working("Reading the curves"):
        show()
    model.message = model.message or before


def field(name: str, options: dict[str, Any]) -> Dropdown:
    """A list with its name before it."""
    made = Dropdown(options=options, description=name, layout={"width": "auto"})
    made.style.description_width = "auto"
    made.add_class("ck-field")
    return made


def offer(control: Dropdown, options: dict[str, Any]) -> None:
    """Gives a list other options; what was chosen stays where it is still there."""
    if dict(control.options) == options:
        return
    before = control.value
    control.options = options
    if before in options.values():
        control.value = before
    elif options:
        control.value = next(iter(options.values()))


def fill(
    chart: Chart,
    chosen: Sequence[Experiment],
    kept: Sequence[tuple[Experiment, Kept]],
    what: str,
    by: str,
) -> None:
    """Draws what is wanted of each run."""
    called_so = dict(zip((run.id for run in chosen), titles(chosen), strict=True))
    looks: Any = {id: f"run{place}" for place, id in enumerate(called_so, 1)}
    drawn = [(run, curve) for run, curve in kept if run.id in called_so]
    smooth = what == TRAINING and by == "step"
    lines = [Line(run.id, called_so[run.id], looks[run.id], smooth=smooth) for run, _ in drawn]
    values = {run.id: points(curve, what, by) for run, curve in drawn}
    chart.show(lines)
    chart.replace(values)
    chart.x_label = unit_of([curve for _, curve in drawn]) if by == "epoch" else by
    chart.y_label = called(what)
    letters = dict(zip(called_so, LETTERS, strict=False))
    ends = [f"{letters[id]} ends at {xy[-1][1]:.3g}" for id, xy in values.items() if xy]
    chart.caption = (
        f"A chart of the {called(what)} by {chart.x_label} of the chosen runs. {', '.join(ends)}."
    )
