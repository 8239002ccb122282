"""Charts that follow a model while it learns."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from ipywidgets import HTML, VBox

from coursekit.panels.training.model import TrainingModel

with warnings.catch_warnings():  # bqplot declares its traits in traitlets' old way
    warnings.simplefilter("ignore", DeprecationWarning)
    import bqplot

MOST_POINTS = 2000
TRAINING, VALIDATION = "#1f77b4", "#d95f02"
KEY = (
    f"<p class='ck-hint ck-key'><span style='color:{TRAINING}'>&#9473;</span>training loss of each "
    f"step <span style='color:{VALIDATION}'>&#9679;</span>validation loss after each epoch</p>"
)
Points = Sequence[tuple[float, float]]


def loss_chart(model: TrainingModel) -> VBox:
    """Training loss by step, validation loss at the end of each epoch; hidden while empty."""
    scales = {"x": bqplot.LinearScale(), "y": bqplot.LinearScale(min=0)}
    steps = bqplot.Lines(x=[], y=[], scales=scales, colors=[TRAINING])
    epochs = bqplot.Scatter(x=[], y=[], scales=scales, colors=[VALIDATION], default_size=36)
    figure = framed(steps, epochs, scales)
    box = VBox()
    model.observe(lambda change: show(steps, change.new), "points")
    model.observe(lambda change: show(epochs, change.new), "ends")

    def fold(change: Any) -> None:
        if bool(change.new) != bool(box.children):
            box.children = [HTML(KEY), figure] if change.new else []

    model.observe(fold, "points")
    return box


def framed(steps: Any, epochs: Any, scales: dict[str, Any]) -> Any:
    """The marks with their axes, as wide as the page."""
    axes = [
        bqplot.Axis(scale=scales["x"], label="step"),
        bqplot.Axis(scale=scales["y"], label="loss", orientation="vertical"),
    ]
    figure = bqplot.Figure(marks=[steps, epochs], axes=axes, display_toolbar=False)
    figure.padding_x = figure.padding_y = 0  # or the scales would begin below zero
    figure.fig_margin = {"top": 16, "bottom": 40, "left": 48, "right": 16}
    figure.layout.width, figure.layout.height = "100%", "260px"
    return figure


def show(mark: Any, points: Points) -> None:
    """Gives a mark the points, in one message."""
    if len(points) > MOST_POINTS:
        from coursekit.core.thinning import thin

        points = thin(points, MOST_POINTS)
    with mark.hold_sync():
        mark.x, mark.y = [x for x, _ in points], [y for _, y in points]
