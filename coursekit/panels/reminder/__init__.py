"""The reminder that the machine is still on: one for all panels of a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from coursekit.panels.panel import in_kernel
from coursekit.panels.reminder import wishes
from coursekit.panels.reminder.model import ReminderModel
from coursekit.panels.served import others_may_be_here

if TYPE_CHECKING:
    from coursekit.panels.reminder.banner import Banner


@cache
def reminder() -> ReminderModel:
    """The reminder of this process; in a notebook it looks by itself from now on.

    On a page that others may open it stays silent: the machine is not theirs to shut down.
    """
    from coursekit.panels.reminder.watching import Watch, so_far

    watch = Watch()
    model = ReminderModel(watch.idle, watch.leaving, so_far, chosen=lambda: wishes.kept().on)
    model.after = 60.0 * wishes.kept().minutes
    if in_kernel() and not others_may_be_here():
        watch.begin(model)
    return model


def reminder_at_top() -> Banner:
    """The reminder as a panel shows it at its top."""
    from coursekit.panels.reminder.banner import Banner

    return Banner(reminder())
