"""The monitor's widgets: choices, buttons, curves, and the same in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ipywidgets import HTML, Button, Dropdown, VBox, Widget, dlink, link

from coursekit.panels.frame import Said, busy_line, error_line, panel, row, style
from coursekit.panels.page import Page
from coursekit.panels.training.chart_view import chart_view
from coursekit.panels.training.choices import SPEEDS
from coursekit.panels.training.choices_view import choices_view, offer
from coursekit.panels.training.closeup import closeup_html
from coursekit.panels.training.finder import finder_view
from coursekit.panels.training.keeping import code_view, keeping_view
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.ways import sections
from coursekit.panels.working import Worker, once

HINT = (
    "The model learns from most of the photos; the loss and the errors on the others say what it "
    "has learned."
)
PASSES = (
    "Why “pass 1 of 20” for one epoch? Where only the head learns, the rest of the network says "
    "the same of a photo every time, so it looks at each photo once, and the head learns from what "
    "it said. That is so quick that an epoch becomes ten passes, and the head gets an epoch more "
    "than you ask for; with the last stage, an epoch is two passes. Varied photos have to be "
    "looked at anew each time, so there a pass is an epoch."
)
BUTTONS = {
    "start": ("Start", "play", "Begin a training"),
    "pause": ("Pause", "pause", "Hold after this step"),
    "step": ("Step", "step-forward", "Train a single step and look at it closely"),
    "resume": ("Resume", "fast-forward", "Go on after a pause or a stop"),
    "stop": ("Stop", "stop", "End here and keep what was learned"),
    "replay": ("Replay", "history", "Show the last training again, slowly"),
}


def monitor_view(model: MonitorModel, worker: Worker, title: str, in_app: bool) -> VBox:
    """All of the panel.

    Args:
        model: What is shown.
        worker: Where trainings run.
        title: The heading.
        in_app: Whether to ask the browser for its word, by which a page loaded anew knows its run.
    """
    know = partial(setattr, model, "visitor") if in_app else None
    page = Page(know, notices=True)
    dlink((model, "ended"), (page, "ended"))
    buttons = button_row(model, worker)
    speed = Dropdown(options=SPEEDS, description="Speed", layout={"width": "auto"})
    speed.style.description_width = "auto"
    model.observe(lambda change: offer(speed, change.new), "speed")
    link((model, "speed"), (speed, "value"))
    estimate = Said(tone="hint")
    dlink((model, "estimate"), (estimate, "text"))
    passes = Said(tone="hint", text=PASSES)
    box = panel(
        title,
        HINT,
        choices_view(model, worker),
        passes,
        row(buttons, speed, *asking(model, worker), estimate),
        *lines(model),
        chart_view(model),
        closeup_view(model),
        more(model, worker, page),
        page,
    )
    return VBox([style(), box])


def asking(model: MonitorModel, worker: Worker) -> list[Widget]:
    """A button that asks how long it takes, where the Learner is somebody's own.

    It is not asked unasked there: the Learner is busy meanwhile, and a cell may want it.
    """
    if not model.trainer.fixed:
        return []
    ask = Button(description="How long?", icon="clock-o", tooltip="Estimate the time it will take")
    consider = once(worker, model.consider)
    ask.on_click(lambda _: consider())
    dlink((model, "state"), (ask, "disabled"), lambda _: model.running)
    return [ask]


def button_row(model: MonitorModel, worker: Worker) -> Widget:
    """Start, Pause, Step, Resume, Stop, Replay, each usable where it does something."""
    buttons = {
        action: Button(description=name, icon=icon, tooltip=tip)
        for action, (name, icon, tip) in BUTTONS.items()
    }
    buttons["start"].button_style = "primary"
    for action, do in clicks(model, worker).items():
        buttons[action].on_click(lambda _, do=do: do())

    def enable(_: object = None) -> None:
        for action, button in buttons.items():
            button.disabled = action not in model.allowed

    model.observe(enable, ["state", "resumable", "news"])
    enable()
    return row(*buttons.values())


def clicks(model: MonitorModel, worker: Worker) -> dict[str, Callable[[], object]]:
    """What each button does; what takes long is claimed at the click, so a second one does nothing.

    A step has a worker of its own: the other is busy with the run.
    """
    stepper = Worker()

    def start(step: bool) -> None:
        if model.ask_start(step):
            worker.do(model.start)
        elif step:
            stepper.do(model.step)

    def resume() -> None:
        if model.ask_resume():
            worker.do(model.go_on)
        else:
            model.resume()

    return {
        "start": partial(start, False),
        "pause": model.pause,
        "step": partial(start, True),
        "resume": resume,
        "stop": model.stop,
        "replay": once(worker, model.replay),
    }


def lines(model: MonitorModel) -> list[Widget]:
    """What is done now, what went wrong, where the run stands, and remarks on it."""
    now, ended, remark, note = Said(tone="quiet"), Said(), Said(), Said(tone="hint")
    ended.add_class("ck-announced")

    def say(change: Any) -> None:
        with now.hold_sync():
            now.text, now.share = change.new

    model.observe(say, "said")
    now.text, now.share = model.said
    dlink((model, "state"), (ended, "text"), announcement)
    dlink((model, "remark"), (remark, "text"))
    dlink((model, "note"), (note, "text"))
    return [busy_line(model), error_line(model), now, ended, remark, note]


def announcement(state: str) -> str:
    """What a screen reader says when the state changes: the line above changes too often."""
    return {
        "preparing": "Getting ready.",
        "training": "Training.",
        "validating": "Training.",
        "keeping": "Training.",
        "cell": "A cell is training.",
        "paused": "Paused.",
        "finished": "The training is finished.",
        "stopped": "The training was stopped.",
        "failed": "The training ended with an error.",
    }.get(state, "")


def closeup_view(model: MonitorModel) -> Widget:
    """The step that was looked at last."""
    shown = HTML()
    dlink((model, "closeup"), (shown, "value"), closeup_html)
    return shown


def more(model: MonitorModel, worker: Worker, page: Page) -> Widget:
    """What not everybody needs: the rate finder, the code, files.

    Radio buttons and no accordion, whose headings no key reaches.
    """
    return sections(
        "More",
        {
            "Nothing more": VBox,
            "Find a learning rate": lambda: finder_view(model, worker),
            "Show code": lambda: code_view(model),
            "Keep: model, history, earlier runs": lambda: keeping_view(model, worker, page),
        },
    )
