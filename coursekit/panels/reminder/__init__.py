"""The reminder that the machine is still on: one for all panels of a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from coursekit.panels.panel import in_kernel
from coursekit.panels.reminder import wishes
from coursekit.panels.reminder.model import ReminderModel

if TYPE_CHECKING:
    from coursekit.panels.reminder.banner import Banner


@cache
def reminder() -> ReminderModel:
    """The reminder of this process; in a notebook it looks by itself from now on."""
    from coursekit.panels.reminder.watching import Watch, so_far

    watch = Watch()
    model = ReminderModel(watch.idle, watch.leaving, so_far)
    set_ = wishes.kept()
    model.after = 60.0 * set_.minutes
    if set_.on is not None:
        model.on = set_.on
    if in_kernel():
        watch.begin(model)
    return model


def reminder_at_top() -> Banner:
    """The reminder as a panel shows it at its top."""
    from coursekit.panels.reminder.banner import Banner

    return Banner(reminder())
