"""The workbench's widgets: a heading over the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import HTML, VBox

from coursekit.panels.frame import style

if TYPE_CHECKING:
    from coursekit.panels.workbench import Workbench

ALL = (
    "<h1>coursekit workbench</h1><p>Choose photos, train a model on them, and see what it makes "
    "of a picture of your own.</p>"
)
TWO = "<h1>Train a model</h1><p>Choose photos, and see how well a model learns their labels.</p>"


def workbench_view(workbench: Workbench) -> VBox:
    """The heading, then each step's panel."""
    title = VBox([style(), HTML(ALL if workbench.classifier else TWO)])
    title.add_class("ck-title")
    steps = (workbench.picker, workbench.monitor, workbench.classifier)
    return VBox([title, *(step.view for step in steps if step)])
