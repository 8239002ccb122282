"""How this machine is left: in the words of whoever lets it, what it costs, who watches it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape

from ipywidgets import HTML, BoundedIntText, Button, Checkbox, Text, Widget, dlink

from coursekit.machine.providers import Provider
from coursekit.panels.frame import Said, row
from coursekit.panels.linked import Group, Observer
from coursekit.panels.machine.model import MachineModel
from coursekit.panels.reminder import wishes
from coursekit.panels.reminder.counter import Counter
from coursekit.panels.reminder.model import ReminderModel
from coursekit.panels.working import Worker, once

AUTO = {"width": "auto"}


def stopping_view(provider: Provider, skipped: Sequence[str] = ()) -> Widget:
    """How it is stopped and deleted, and what goes on costing then; `skipped` plug-ins."""
    lists = [("Goes on costing after a stop", provider.still_costs), ("To know", provider.limits)]
    listed = "".join(
        f"<dt>{name}</dt><dd>{'<br>'.join(escape(it) for it in items)}</dd>"
        for name, items in lists
        if items
    )
    source = ""
    if provider.source and provider.read:
        address = escape(provider.source, quote=True)
        source = (
            f"<p class='ck-hint'>As <a href='{address}' target='_blank' rel='noopener noreferrer'>"
            f"its documentation</a> said on {provider.read:%d %B %Y}.</p>"
        )
    shown = HTML(
        f"<h3>{escape(provider.name)}: how to stop it</h3><dl class='ck-facts'>"
        f"<dt>Stop</dt><dd>{escape(provider.stop)}</dd>"
        f"<dt>Delete</dt><dd>{escape(provider.delete)}</dd>{listed}</dl>{source}"
        + "".join(f"<p class='ck-concern'>{escape(it)}</p>" for it in skipped)
    )
    shown.add_class("ck-document")
    return shown


def price_view(model: MachineModel, worker: Worker) -> Widget:
    """What an hour costs, and what that makes."""
    typed = Text(placeholder="0.526 $", description="Price per hour", continuous_update=False)
    typed.style.description_width = "auto"
    keep, month, shown = Button(description="Keep it", icon="check"), Said(tone="quiet"), HTML()
    look = once(worker, model.ask_month)
    look()
    keep.on_click(lambda _: worker.do(lambda: model.set_price(typed.value)))
    return Group(
        [row(typed, keep), shown, month],
        dlink((model, "price"), (typed, "value")),  # not back: what can't be read is to be mended
        dlink((model, "costs"), (shown, "value"), lambda it: "<br>".join(map(escape, it))),
        dlink((model, "month"), (month, "text")),
        Observer(model, "due", look),
    )


def reminder_view(reminder: ReminderModel) -> Widget:
    """Whether and after how many minutes to remind; what it says now."""
    wanted = Checkbox(description="Remind me that the machine is on", indent=False)
    after = BoundedIntText(min=1, max=600, description="Idle minutes before that")
    after.style.description_width = "auto"
    after.layout.width = "240px"
    line = Said()
    answers = row(*(answer(label, do) for label, do in answers_of(reminder)))
    links = (
        dlink((reminder, "after"), (after, "value"), lambda it: round(it / 60)),
        dlink((reminder, "stage"), (answers.layout, "display"), lambda it: "" if it else "none"),
        dlink((reminder, "on"), (wanted, "value")),
        dlink((reminder, "said"), (line, "text"), lambda it: " ".join([it, *reminder.still])),
    )

    def switch(_: object) -> None:
        if wanted.value != reminder.on:  # else the reminder itself has set it
            wishes.keep(replace(wishes.kept(), on=wanted.value))
            reminder.on = wanted.value

    def wait(_: object) -> None:
        if after.value != round(reminder.after / 60):  # else the reminder itself has set it
            wishes.keep(replace(wishes.kept(), minutes=after.value))
            reminder.after = 60.0 * after.value

    wanted.observe(switch, "value")
    after.observe(wait, "value")
    return Group([row(wanted, after), line, answers], *links)


def answers_of(reminder: ReminderModel) -> tuple[tuple[str, Callable[[], None]], ...]:
    """What there is to answer to the reminder, as in its banner."""
    return (
        ("I am still here", reminder.still_here),
        ("Remind me in 30 min", lambda: reminder.later(time.monotonic())),
        ("I have shut it down", lambda: reminder.shut_down(time.monotonic())),
    )


def answer(label: str, do: Callable[[], None]) -> Button:
    """A button with one of the answers."""
    made = Button(description=label, layout=AUTO)
    made.on_click(lambda _: do())
    return made


def guard_view(model: MachineModel, worker: Worker) -> Widget:
    """The watchdog: how it stands, and the switch."""
    idle = Text(value="45m", description="After this long without a sign of life")
    idle.style.description_width = "auto"
    command = Text(
        placeholder="as its provider says" if model.provider.can_stop else "sudo shutdown -h now",
        description="run",
    )
    command.style.description_width = "auto"
    on = Button(description="Arm the watchdog", icon="shield", layout=AUTO)
    off = Button(description="Switch it off", icon="times", layout=AUTO)
    arm = once(worker, lambda: model.arm(idle.value, command.value.strip()))
    disarm = once(worker, model.disarm)
    on.on_click(lambda _: arm())
    off.on_click(lambda _: disarm())
    line, left, orders = Said(), Counter(), row(idle, command, on)
    shown = Group(
        [line, left, orders, row(off)],
        dlink((model, "alarm"), (line, "tone"), lambda it: "waits" if it else "status"),
        dlink((model, "guard"), (line, "text")),
        dlink((model, "ends"), (left, "ends")),
        dlink((model, "guarded"), (orders.layout, "display"), lambda it: "none" if it else ""),
        dlink((model, "guarded"), (off.layout, "display"), lambda it: "" if it else "none"),
    )
    shown.add_class("ck-guard")
    return shown
