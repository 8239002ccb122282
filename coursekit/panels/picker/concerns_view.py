"""What a teacher would say of the photos, with a button for what can be done about it."""

from __future__ import annotations

from functools import partial
from html import escape

from ipywidgets import HTML, Button, FloatProgress, VBox, dlink

from coursekit.data.concerns import Concern
from coursekit.panels.frame import Said, error_line, row
from coursekit.panels.panel import close_all
from coursekit.panels.picker.checking import CheckModel
from coursekit.panels.picker.model import PickerModel
from coursekit.panels.working import Worker


def concerns_view(model: PickerModel, checks: CheckModel, worker: Worker) -> VBox:
    """The concerns, what was done about some, and how far the opening of photos is."""
    opener = Worker()
    summary, listed = Said(), VBox()
    listed.add_class("ck-concerns")

    def show(_: object = None) -> None:
        old = listed.children
        listed.children = tuple(concern_row(model, it, worker) for it in checks.concerns)
        for row_ in old:
            close_all(row_)
        summary.text = str(checks)

    def open_few(_: object = None) -> None:
        if model.found and checks.wanted:
            opener.do(checks.check)

    checks.observe(show, "concerns")
    checks.observe(lambda _: setattr(summary, "text", str(checks)), "opened")
    model.observe(open_few, "found")
    show()
    open_few()
    undo = undo_row(model, worker)
    parts = listed, undo, progress_row(checks, opener), error_line(checks)
    return VBox([HTML("<h3>What a teacher would say</h3>"), summary, *parts])


def concern_row(model: PickerModel, concern: Concern, worker: Worker) -> VBox:
    """One concern: a mark, its sentences, its button."""
    words = HTML(f"<p class='ck-concern'><b>Look into this:</b> {escape(concern.says)}</p>")
    if not concern.button:
        return row(words)
    button = Button(description=concern.button, layout={"width": "auto"})
    button.on_click(lambda _: worker.do(partial(model.do, concern)))
    return row(words, button)


def undo_row(model: PickerModel, worker: Worker) -> VBox:
    """Takes back what was done last; there while something was."""
    said = Said()
    undo = Button(description="Undo", layout={"width": "auto"})
    undo.on_click(lambda _: worker.do(model.undo))
    dlink((model, "steps"), (said, "text"), lambda it: f"Done: {'; '.join(it)}." if it else "")
    dlink((model, "steps"), (undo, "tooltip"), lambda it: f"Undo: {it[-1]}" if it else "Undo")
    box = row(said, undo)
    dlink((model, "steps"), (box.layout, "display"), lambda it: "" if it else "none")
    return box


def progress_row(checks: CheckModel, opener: Worker) -> VBox:
    """A button that opens all photos; while that lasts a bar and Cancel."""
    start = Button(
        description="Open every photo",
        tooltip="Looks for copies and for photos that cannot be read",
        layout={"width": "auto"},
    )
    start.on_click(lambda _: opener.do(checks.check_again if checks.opened else checks.check))
    bar = FloatProgress(max=1.0, description="Looking", tooltip="Looking at the photos")
    bar.style.description_width = "auto"
    words, cancel = Said(tone="quiet"), Button(description="Cancel", tooltip="Stop looking")
    cancel.on_click(lambda _: checks.cancel())
    dlink((checks, "opened"), (start, "description"), lambda it: "Open them again" if it else OPEN)
    dlink((checks, "progress"), (bar, "value"), lambda it: it.share)
    dlink((checks, "progress"), (words, "text"), lambda it: it.counted("Looked at"))
    running = row(bar, words, cancel)
    dlink((checks, "busy"), (running.layout, "display"), lambda it: "" if it else "none")
    dlink((checks, "busy"), (start, "disabled"), bool)
    return row(start, running)


OPEN = "Open every photo"
