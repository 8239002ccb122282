"""The code, and what can be kept: the trained model, the history, earlier runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

from ipywidgets import HTML, Button, Dropdown, Text, VBox, Widget, dlink

from coursekit.core.wording import plural
from coursekit.panels.frame import Said, row
from coursekit.panels.page import Page
from coursekit.panels.served import others_may_be_here
from coursekit.panels.training import saved
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.working import Worker, once

RUNS = 30
SAME = "The lines that do the same as the choices above. A click on them selects them all."


def keeping_view(model: MonitorModel, worker: Worker, page: Page) -> Widget:
    """Files and earlier runs."""
    return VBox(
        [files_view(model, worker, page), to_board_view(model, worker), runs_view(model, worker)]
    )


def code_view(model: MonitorModel) -> Widget:
    """The lines that do what the panel's choices do, as these change."""
    hint, text = Said(tone="hint"), HTML()
    write = once(Worker(), model.show_code)

    def show(_: object = None) -> None:
        known = model.found is not None or model.trainer.fixed
        hint.text = SAME if known else "Once photos are chosen, the code to train on them is here."
        text.layout.display = "" if known else "none"
        if known:
            write()

    dlink((model, "code"), (text, "value"), as_html)
    model.observe(show, ["found", "choices"])
    show()
    return VBox([hint, text])


def as_html(code: str) -> str:
    """Code as it is; a click selects the whole of it."""
    return f"<pre class='ck-code' tabindex='0'>{escape(code)}</pre>" if code else ""


def files_view(model: MonitorModel, worker: Worker, page: Page) -> Widget:
    """The trained model and the history, as files."""
    made: dict[str, Callable[[], object]] = {
        "Download the model": lambda: model.save_model(page.save),
        "History as CSV": lambda: model.save_history(page.save, "csv"),
        "History as JSON": lambda: model.save_history(page.save, "json"),
    }
    buttons = []
    for name, job in made.items():
        button = Button(description=name, icon="download", layout={"width": "auto"})
        button.on_click(lambda _, job=job: worker.do(job))
        buttons.append(button)

    def enable(_: object = None) -> None:
        idle = not model.running
        learned = model.predictor is not None or (model.trainer.fixed and model.teller.epochs)
        buttons[0].disabled = not (idle and learned)
        for button in buttons[1:]:
            button.disabled = not (idle and model.teller.steps)

    model.observe(enable, ["state", "predictor", "news"])
    enable()
    return row(*buttons)


def to_board_view(model: MonitorModel, worker: Worker) -> Widget:
    """Puts the training on the board, by a name that tells it from others."""
    name = Text(description="Name", placeholder="what it did")
    name.style.description_width = "auto"
    put = Button(description="Put it on the board", icon="trophy", layout={"width": "auto"})
    put.on_click(lambda _: worker.do(lambda: model.add_to_board(name.value)))

    def enable(_: object = None) -> None:
        put.disabled = model.running or model.run is None or not model.teller.epochs

    model.observe(enable, ["state", "news"])
    enable()
    return row(name, put)


def runs_view(model: MonitorModel, worker: Worker) -> Widget:
    """Trainings of earlier days, each opened from its folder."""
    runs = Dropdown(options=[], description="Earlier runs", layout={"width": "auto"})
    runs.style.description_width = "auto"
    refresh = Button(description="List them", icon="list")
    open_ = Button(description="Show this run", icon="line-chart", disabled=True)

    said, reader = Said(tone="hint"), Worker()

    def fill() -> None:
        said.text = "Reading the runs …"
        runs.options = found = list_runs(model.visitor, others_may_be_here())
        runs.value = found[0][1] if found else None
        said.text = "" if runs.options else "No training of yours is kept here yet."
        enable()

    def enable(_: object = None) -> None:
        open_.disabled = not runs.options or model.running

    fetch = once(reader, fill)
    refresh.on_click(lambda _: fetch())
    open_.on_click(lambda _: worker.do(partial(model.open, runs.value)))
    model.observe(enable, "state")
    return VBox([row(runs, refresh, open_), said])


def list_runs(visitor: str, shared: bool) -> list[tuple[str, Any]]:
    """The runs that have a history, the latest first; where pages are `shared`, this visitor's."""
    found = []
    for folder in saved.folders():
        if shared and not saved.began_by(visitor, folder):
            continue
        try:
            kept = saved.kept(folder)
        except saved.NoHistory:
            continue
        note = saved.Note.read(folder)
        what = f"{note.photos.folder.name}, {note.choices}" if note else "a Learner's"
        steps = plural(len(kept.losses), "step")
        found.append((f"{saved.began(folder)}: {what}, {steps}, {kept.state}", folder))
        if len(found) == RUNS:
            break
    return found
