"""Start, Stop, the loss as it falls, and the same in words."""

from __future__ import annotations

from ipywidgets import BoundedIntText, Button, VBox, dlink, link

from coursekit.panels.charts import loss_chart
from coursekit.panels.frame import Said, busy_line, error_line, panel, row
from coursekit.panels.training.model import TrainingModel
from coursekit.panels.working import Worker

HINT = (
    "The model sees most of the photos; the loss and the errors on the others say what it learned. "
    "Without a GPU only the head trains: 1 epoch makes 20 quick passes, and each one more 10."
)


def training_view(model: TrainingModel) -> VBox:
    """Controls, what happens now, the chart, the summary line."""
    worker = Worker()
    start = Button(description="Start", button_style="primary", tooltip="Train on these photos")
    stop = Button(description="Stop", tooltip="End the training and keep what was learned")
    epochs = BoundedIntText(min=1, max=100, description="Epochs", layout={"width": "9em"})
    epochs.style.description_width = "auto"

    def begin(_: object) -> None:
        if not start.disabled:  # a second click may be on its way before the first is heard
            start.disabled = True
            worker.do(model.start)

    start.on_click(begin)
    stop.on_click(lambda _: model.stop())
    link((model, "epochs"), (epochs, "value"))

    def enable(_: object = None) -> None:
        start.disabled = model.running or model.found is None
        stop.disabled = not model.stoppable
        epochs.disabled = model.running

    model.observe(enable, ["running", "stoppable", "found"])
    enable()
    line, note = Said(), Said(tone="hint")
    dlink((model, "line"), (line, "text"))
    dlink((model, "note"), (note, "text"))
    lines = busy_line(model), error_line(model), loss_chart(model), line, note
    return panel("2. Train", HINT, row(start, stop, epochs), *lines)
