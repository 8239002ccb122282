"""The machine panel's widgets: how it is, what holds its memory, how it is left."""

from __future__ import annotations

import math
import time

from ipywidgets import HTML, Button, VBox, Widget, dlink

from coursekit.machine import words
from coursekit.machine.holding import Held
from coursekit.panels.frame import Said, busy_line, panel, row, style
from coursekit.panels.linked import Group, Observer
from coursekit.panels.machine.leaving import (
    AUTO,
    guard_view,
    price_view,
    reminder_view,
    stopping_view,
)
from coursekit.panels.machine.model import NOT_YOURS, MachineModel
from coursekit.panels.machine.scrolled import Scrolled
from coursekit.panels.machine.table import charts, programs, table
from coursekit.panels.panel import close_all
from coursekit.panels.reminder.model import ReminderModel
from coursekit.panels.working import Worker, once

HINT = "What it has, what it costs, and how it is shut down. Closing this tab does not stop it."
SURE = "Delete for good: click again"
ANSWER = (0.5, 30.0)
"""Seconds after which a second click is an answer: no double click, and no click on something else
that stood there long ago."""
RESTING = "Nothing was done here for ten minutes, so these numbers rest as they were then."


def machine_view(model: MachineModel, reminder: ReminderModel | None, worker: Worker) -> VBox:
    """All of the panel.

    Args:
        model: Of this panel.
        reminder: None on a page that others may open: nobody there sets a price for the owner, or
            has a command run.
        worker: Does what takes long.
    """
    now = panel(
        "This machine",
        HINT,
        status_view(model),
        memory_view(model, worker),
        busy_line(model),
        trouble(model, of_memory=True),
    )
    if reminder is None:
        return VBox([style(), now, panel("Shutting it down", NOT_YOURS)])
    return VBox([style(), now, leave_view(model, reminder, worker)])


def leave_view(model: MachineModel, reminder: ReminderModel, worker: Worker) -> VBox:
    """How the machine is shut down, and all that helps not to forget it."""
    return panel(
        "Shutting it down",
        "",
        stopping_view(model.provider, model.skipped),
        part("What it costs", price_view(model, worker)),
        part("The reminder", reminder_view(reminder)),
        part("The watchdog", guard_view(model, worker)),
        trouble(model, of_memory=False),
    )


def trouble(model: MachineModel, of_memory: bool) -> Said:
    """What went wrong last, where that was tried."""
    line = Said(tone="error")

    def mine(message: str) -> str:
        return message if model.of_memory == of_memory else ""

    line.links = (dlink((model, "message"), (line, "text"), mine),)
    return line


def part(title: str, shown: Widget) -> VBox:
    """A part of the panel under a heading of its own."""
    return VBox([HTML(f"<h3>{title}</h3>"), shown])


def status_view(model: MachineModel) -> Widget:
    """How it is: in sentences, as a table, over the last ten minutes."""
    said, beside, drawn = Said(tone="quiet"), Said(tone="hint"), HTML()
    numbers = Scrolled(label="This machine")
    said.add_class("ck-verdict")
    shown = Group(
        [said, rest_view(model), numbers, beside, drawn],
        dlink((model, "said"), (said, "text"), " ".join),
        dlink((model, "reading"), (numbers, "shown"), table),
        dlink((model, "reading"), (beside, "text"), programs),
        dlink((model, "recent"), (drawn, "value"), charts),
    )
    shown.add_class("ck-status")
    return shown


def rest_view(model: MachineModel) -> Widget:
    """Says that nothing new is shown, with a button to go on."""
    go_on = Button(description="Read it again", icon="sync", layout=AUTO)
    go_on.on_click(lambda _: model.wake())
    shown = Group([Said(text=RESTING), go_on])
    to = (shown.layout, "display")
    shown.links = (dlink((model, "rests"), to, lambda it: "" if it else "none"),)
    return shown


def memory_view(model: MachineModel, worker: Worker) -> Widget:
    """What holds memory, each with a button; one to free a GPU's, where there is one."""
    free = Button(description="Free GPU memory", icon="eraser", layout=AUTO)
    look = Button(description="What holds memory?", icon="search", layout=AUTO)
    free.tooltip = "Moves learners to the main memory, forgets the last error; deletes nothing"
    click_free, click_look = once(worker, model.free), once(worker, model.look_for_memory)
    free.on_click(lambda _: click_free())
    look.on_click(lambda _: click_look())
    told, listed = Said(), VBox()

    def show() -> None:
        old, listed.children = listed.children, [held_view(it, model, worker) for it in model.held]
        for line in old:
            close_all(line)

    show()
    return Group(
        [row(free, look), told, listed],
        dlink((model, "told"), (told, "text")),
        dlink((model, "has_gpu"), (free.layout, "display"), lambda it: "" if it else "none"),
        Observer(model, "held", show),
    )


def held_view(held: Held, model: MachineModel, worker: Worker) -> Widget:
    """A line of what holds memory; what has a name can be deleted, with a second click.

    Nothing could bring it back: what is kept for an Undo would hold the memory.
    """
    line = Said(text=words.holding(held))
    if not held.names and held.kind != "error":
        return row(line)
    name = held.names[0] if held.names else "the last error"
    delete = Button(description="Delete", icon="trash", disabled=held.trains, layout=AUTO)
    delete.tooltip = f"Delete {name} from this notebook"
    drop = once(worker, lambda: model.drop(held))
    asked = -math.inf

    def click(_: object) -> None:
        nonlocal asked
        after = time.monotonic() - asked
        if ANSWER[0] <= after <= ANSWER[1]:
            drop()
        elif after > ANSWER[1]:
            asked = time.monotonic()
            delete.description, delete.button_style = SURE, "danger"

    delete.on_click(click)
    return row(line, delete)
