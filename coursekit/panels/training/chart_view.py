"""The curves with what can be chosen of them."""

from __future__ import annotations

from ipywidgets import Checkbox, Dropdown, VBox, Widget, dlink

from coursekit.panels.frame import row
from coursekit.panels.training.curves import LOSS, Curves
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.training.news import News

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
    dlink((log, "value"), (chart, "log_y"))
    group.observe(lambda change: curves.show(change.new or chart.group), "value")
    box = VBox([row(group, smoothing, log), chart])
    box.layout.display = "none"

    def tell(news: News) -> None:
        curves.tell(news)
        shown = chart.group
        if dict(group.options) != curves.groups():
            group.options = curves.groups()
            group.value = shown
        box.layout.display = ""

    model.observe(lambda change: tell(change.new), "news")
    if model.teller.steps:
        tell(model.teller.all())
    return box
