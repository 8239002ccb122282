"""The learning-rate finder's curve; a click on it chooses the rate."""

from __future__ import annotations

from typing import Any

from ipywidgets import Button, VBox, Widget

from coursekit.panels.ask import terms_line
from coursekit.panels.chart import Chart, Line
from coursekit.panels.frame import Said, row
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.working import Worker, once

HINT = (
    "The finder trains for a moment with ever larger learning rates, then puts everything back. "
    "A good rate lies where the loss falls steeply, well before it climbs."
)
SUGGESTED = "valley", "slide"
"""Two thirds down the longest fall, and the last rate before the loss stops falling."""


def finder_view(model: MonitorModel, worker: Worker) -> Widget:
    """A button, the curve, what was chosen."""
    find = Button(description="Find a rate", icon="search", tooltip="Try learning rates out")
    own = Button(description="Use the method's own rate", layout={"width": "auto"})
    look = once(worker, model.find_rate)
    find.on_click(lambda _: look())
    own.on_click(lambda _: model.choose(rate=None))
    chart = Chart(
        lambda rate: None if model.running else model.choose(rate=float(f"{rate:.2g}")),
        x_label="learning rate",
        y_label="loss",
        log_x=True,
        caption="No rates were tried yet.",
    )
    chart.show([Line("rates", "loss at each rate that was tried")])
    chart.layout.display = "none"
    said = Said()
    hint = Said(tone="hint", text=HINT)

    def show(change: Any) -> None:
        chart.layout.display = "" if change.new else "none"
        if change.new:
            draw(chart, change.new)
        said.text = in_words(change.new)

    def enable(_: object = None) -> None:
        find.disabled = "find" not in model.allowed
        own.disabled = model.running

    model.observe(show, "rates")
    model.observe(enable, ["state", "news"])
    enable()
    return VBox([hint, row(find, own), said, chart, terms_line("learning-rate finder")])


def draw(chart: Chart, found: Any) -> None:
    """The curve with its suggestions."""
    chart.empty()
    chart.extend({"rates": zip(found.rates, found.losses, strict=True)})
    marks = []
    for name in SUGGESTED:
        rate = getattr(found, name)
        nearest = min(range(len(found.rates)), key=lambda i: abs(found.rates[i] - rate))
        marks.append({"x": rate, "y": found.losses[nearest], "text": name, "group": ""})
    chart.marks = tuple(marks)
    chart.caption = in_words(found)


def in_words(found: Any) -> str:
    """The suggestions, a sentence."""
    if found is None:
        return ""
    rates = [f"{name} {getattr(found, name):.2g}" for name in SUGGESTED]
    return (
        f"Suggested: {', '.join(rates)}. The valley lies two thirds down the longest fall, the "
        "slide is the last rate before the loss stops falling. Click on the curve, or press Enter "
        "there, to choose."
    )
