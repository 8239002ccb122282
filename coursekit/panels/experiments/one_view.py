"""What is done with one of the chosen runs: note, tags, board, deletion, a copy with a change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ipywidgets import Button, Combobox, Dropdown, Text, Textarea, VBox, Widget, dlink

from coursekit.panels.experiments.changes import DEPTHS, HINTS, NAMES
from coursekit.panels.experiments.curves_view import field, offer
from coursekit.panels.experiments.model import ExperimentsModel
from coursekit.panels.frame import Said, row
from coursekit.panels.training.choices import ARCHITECTURES
from coursekit.panels.working import Worker
from coursekit.scores.compare import titles
from coursekit.scores.experiment import Experiment
from coursekit.scores.notes import LONGEST_NOTE

FIRST = "Choose a run in the table first."
OFFERED = {"depth": DEPTHS, "architecture": [it for it in ARCHITECTURES.values() if it]}
TAGS = "words with commas between them"


def which_run(model: ExperimentsModel) -> tuple[Dropdown, Said]:
    """A list of the chosen runs; and what to do where none is."""
    which, hint = field("Run", {}), Said(tone="hint")

    def show(_: object = None) -> None:
        runs = model.compared
        offer(which, {name: run.id for name, run in zip(titles(runs), runs, strict=True)})
        which.layout.display, hint.text = ("", "") if runs else ("none", FIRST)

    model.observe(show, ["chosen", "runs"])
    show()
    return which, hint


def shown(model: ExperimentsModel, which: Dropdown) -> Experiment | None:
    """The run that is chosen in the list."""
    return next((run for run in model.compared if run.id == which.value), None)


def following(
    model: ExperimentsModel, which: Dropdown, show: Callable[[Experiment | None], object]
) -> None:
    """Has what is shown follow the run in the list, and what becomes known of it."""

    def changed(_: object = None) -> None:
        show(shown(model, which))

    which.observe(changed, "value")
    model.observe(changed, ["chosen", "runs"])
    changed()


def notes_view(model: ExperimentsModel, worker: Worker) -> Widget:
    """A run's note and tags, saved when they are left; its place on the board; Delete."""
    which, hint = which_run(model)
    origin = Said(tone="hint")
    note = Textarea(description="Note", rows=4, continuous_update=False)
    tags = Text(description="Tags", placeholder=TAGS, continuous_update=False)
    for control in note, tags:
        control.add_class("ck-note")
        control.style.description_width = "4em"
    filling: list[int] = []

    def show(run: Experiment | None) -> None:
        filling.append(threading.get_ident())  # what is filled in is not what somebody typed
        note.value, tags.value = (run.notes.text, ", ".join(run.notes.tags)) if run else ("", "")
        origin.text = run.notes.origin if run else ""
        note.disabled = tags.disabled = run is None
        filling.pop()

    def keep(change: Any, name: str) -> None:
        if which.value and threading.get_ident() not in filling:
            value = change.new[:LONGEST_NOTE] if name == "text" else change.new.split(",")
            worker.do(partial(model.note, which.value, **{name: value}))

    following(model, which, show)
    note.observe(partial(keep, name="text"), "value")
    tags.observe(partial(keep, name="tags"), "value")
    board, delete = board_row(model, worker, which), delete_button(model, worker, which)
    return VBox([which, hint, origin, note, tags, board, row(delete)])


def board_row(model: ExperimentsModel, worker: Worker, which: Dropdown) -> Widget:
    """Puts a run on the board under a name, or takes it off."""
    name = Text(description="Name", placeholder="what it did, in words")
    name.add_class("ck-note")
    name.style.description_width = "4em"
    put = Button(description="Put on the board", icon="trophy")
    off = Button(description="Take off the board", icon="times")
    put.on_click(lambda _: worker.do(partial(model.put_on_board, which.value, name.value)))
    off.on_click(lambda _: worker.do(partial(model.take_off_board, which.value)))

    def enable(run: Experiment | None) -> None:
        put.disabled = run is None or run.on_board
        off.disabled = run is None or not run.on_board

    following(model, which, enable)
    return VBox([name, row(put, off)])


def delete_button(model: ExperimentsModel, worker: Worker, which: Dropdown) -> Button:
    """Moves the run to the bin, without a question, since that can be undone."""
    button = Button(description="Delete this run", icon="trash")
    button.on_click(lambda _: worker.do(partial(model.delete, which.value)))
    following(model, which, lambda run: setattr(button, "disabled", run is None))
    return button


def copy_view(model: ExperimentsModel, trainer: Worker) -> Widget:
    """A copy of a run with one change: which setting, its new value, Start."""
    which, hint = which_run(model)
    setting = field("Change", {words: name for name, words in NAMES.items()})
    value = Combobox(description="New value", options=[], ensure_option=False)
    value.style.description_width = "auto"
    value.add_class("ck-field")
    about = Said(tone="hint")

    def explain(_: object = None) -> None:
        run = shown(model, which)
        now = run.settings.get(setting.value, "") if run else ""
        has = f" It has {now} now." if now else ""
        about.text = HINTS[setting.value] + has
        value.options = OFFERED.get(setting.value, [])

    def begin(_: object) -> None:
        train = model.claim_copy(which.value or "", **{setting.value: value.value})
        if train:
            trainer.do(train)

    start = Button(description="Start the copy", icon="play", button_style="primary")
    start.on_click(begin)
    stop = Button(description="Stop", icon="stop")
    stop.on_click(lambda _: model.copier.stop())
    setting.observe(explain, "value")
    following(model, which, explain)

    def enable(_: object = None) -> None:
        going = model.copier.copy.going
        start.disabled, stop.disabled = going or not which.value, not going

    following(model, which, enable)
    model.copier.observe(enable, "copy")
    return VBox([which, hint, row(setting, value), about, row(start, stop)])


def copy_line(model: ExperimentsModel) -> Widget:
    """Where the copy stands, with a bar; its beginning and end are read aloud."""
    line, told = Said(tone="quiet"), Said()
    told.add_class("ck-announced")

    def say(change: Any) -> None:
        with line.hold_sync():
            line.text, line.share = change.new.line, change.new.share

    model.copier.observe(say, "copy")
    dlink(
        (model.copier, "copy"),
        (told, "text"),
        lambda it: (
            "A copy is being trained." if it.going else "The copy has ended." * bool(it.line)
        ),
    )
    return VBox([line, told])
