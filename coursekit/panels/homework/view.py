"""The homework's widgets: the list, a button for each, and the panel that was asked for below."""

from __future__ import annotations

from html import escape

from ipywidgets import HTML, Button, VBox, Widget, dlink

from coursekit.machine.providers import Provider, recognise
from coursekit.panels.frame import Said, error_line, panel, row, style
from coursekit.panels.homework.going import Place
from coursekit.panels.homework.model import HomeworkModel, Row
from coursekit.panels.homework.places import Places
from coursekit.panels.homework.tasks import Task
from coursekit.panels.machine.leaving import stopping_view

HINT = "It ticks itself from what you do, here, in other cells or in a terminal."
GO = {
    "workbench": "Open the workbench",
    "experiments": "Open the experiments",
    "board": "Open the board",
    "challenge": "Open the game",
    "quiz": "Open the questions",
    "review": "Open the review",
    "lookup": "Look something up",
    "leaving": "How to leave",
}
NAMES = {
    "workbench": "The workbench",
    "experiments": "The experiments",
    "board": "The board",
    "challenge": "The game",
    "quiz": "The questions",
    "review": "The review",
    "lookup": "The look-up",
    "leaving": "How to leave",
}
LEAVING = (
    "<p>Save your work, then stop the machine itself. Closing this page does not stop it, and "
    "stopping Jupyter (File, Shut Down) frees its memory only.</p>"
)
SAYING = "<p>coursekit can't see from inside whether you did it, so say so yourself.</p>"


def homework_view(model: HomeworkModel, places: Places, title: str) -> VBox:
    """All of the panel, and what it opens."""
    stands, place, here = Said(), VBox(), Place()
    dlink((model, "stands"), (stands, "text"))
    items = [task_view(model, number) for number in range(len(model.homework.tasks))]
    listed = VBox(items)
    listed.add_class("ck-tasks")
    list_ = panel(title, HINT, stands, listed, error_line(model))

    def show(_: object = None) -> None:
        place.children = opened(model, places)
        here.go(NAMES.get(model.opened, ""))

    back = Button(description="Back to the list", icon="angle-up", layout={"width": "auto"})
    back.on_click(lambda _: model.open(model.opened))
    dlink((model, "opened"), (back.layout, "display"), lambda it: "" if it else "none")
    model.observe(show, "opened")
    show()
    return VBox([style(), list_, here, row(back), place])


def task_view(model: HomeworkModel, number: int) -> Widget:
    """One task: whether it is done, what it is, and the button that goes there."""
    task: Task = model.homework.tasks[number]
    words = HTML()
    go = Button(layout={"width": "auto"})
    go.on_click(lambda _: model.open(task.opens))

    def show(_: object = None) -> None:
        words.value = as_html(model.rows[number])
        close = model.opened == task.opens
        go.description = "Close it" if close else GO[task.opens]
        go.icon = "angle-up" if close else "angle-down"
        go.tooltip = f"{go.description}: {task.says}"

    model.observe(show, ["rows", "opened"])
    show()
    line = row(words, go)
    line.add_class("ck-task")
    return line


def as_html(it: Row) -> str:
    """A task in words; what is done is said, not only ticked."""
    mark = "✓" if it.done else "○"
    state = "done" if it.done else "to do"
    more = f" ({escape(it.words)})" if it.words else ""
    done = " ck-done" if it.done else ""
    return (
        f"<div class='ck-task-words{done}'><span class='ck-tick' aria-hidden='true'>{mark}</span>"
        f"<div><strong>{escape(it.task.says)}</strong> <span class='ck-task-state'>{state}{more}"
        f"</span><p>{escape(it.task.why)}</p></div></div>"
    )


def opened(model: HomeworkModel, places: Places) -> tuple[Widget, ...]:
    """The panel that was asked for."""
    if not model.opened:
        return ()
    if model.opened == "leaving":
        return (leaving_view(model, recognise()),)
    return (places.panel(model.opened).view,)


def leaving_view(model: HomeworkModel, provider: Provider) -> Widget:
    """How to leave, in the words of whoever lets the machine; a button to say that one did."""
    said = Said()
    yes = Button(description="I have shut it down", icon="check", layout={"width": "auto"})
    no = Button(description="Undo", icon="undo")
    yes.on_click(lambda _: model.say_shut_down(True))
    no.on_click(lambda _: model.say_shut_down(False))

    def show(_: object = None) -> None:
        done = any(it.done for it in model.rows if it.task.check == "shut_down")
        said.text = "Good. You said that you shut it down." if done else ""
        yes.disabled, no.layout.display = done, "" if done else "none"

    model.observe(show, "rows")
    show()
    how = stopping_view(provider)
    return panel("Shut the machine down", "", HTML(LEAVING), how, HTML(SAYING), row(yes, no), said)
