"""The curves with what can be chosen of them."""

from __future__ import annotations

from typing import Any

from ipywidgets import Checkbox, Dropdown, VBox, Widget, dlink, jslink

from coursekit.panels.frame import row
from coursekit.panels.training.curves import LOSS, Curves
from coursekit.panels.training.model import MonitorModel

SMOOTHING = {"none": 0.0, "a little": 0.6, "much": 0.9}
"""A list and no slider, since the handle of ipywidgets' has no name for screen readers."""


def chart_view(model: MonitorModel) -> Widget:
    """Curves, hidden while there is nothing to see."""
    curves = Curves()
    chart = curves.chart
    group = Dropdown(options=curves.groups(), value=LOSS, description="Show")
    smoothing = Dropdown(options=SMOOTHING, value=chart.smoothing, description="Smoothing")
    log = Checkbox(False, description="Logarithmic", indent=False, layout={"width": "auto"})
    for control in group, smoothing:
        control.style.description_width = "auto"
        control.add_class("ck-field")
    dlink((smoothing, "value"), (chart, "smoothing"))
    jslink((log, "value"), (chart, "log_y"))
    group.observe(lambda change: curves.show(change.new or chart.group), "value")
    box = VBox([row(group, smoothing, log), chart])
    box.layout.display = "none"

    def tell(change: Any) -> None:
        known = len(curves.metrics)
        curves.tell(change.new)
        if len(curves.metrics) != known:
            group.options, group.value = curves.groups(), chart.group
        box.layout.display = ""

    model.observe(tell, "news")
    if model.teller.steps:
        tell(type("Change", (), {"new": model.teller.all()}))
    return box
