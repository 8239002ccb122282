"""The machine: what it has, what holds its memory, what it costs, and how it is shut down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursekit.core.errors import CourseError
from coursekit.machine.bill import bill
from coursekit.machine.sampler import Subscription, sampler
from coursekit.machine.words import lines
from coursekit.panels.machine.model import NOT_YOURS, MachineModel
from coursekit.panels.panel import Panel
from coursekit.panels.reminder import reminder
from coursekit.panels.served import others_may_be_here
from coursekit.panels.shown import until_run_again
from coursekit.panels.working import Worker

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.machine.readings import Reading


FRESH = 1.0
"""Seconds that a reading may be old to be printed."""


def joined(reading: Reading, *more: str) -> str:
    """How the machine is, and more: a line each."""
    return "\n".join(filter(None, [*lines(reading), *more]))


class MachinePanel(Panel):
    """GPUs, processor, memory and disk; what an hour costs; how to stop it, and who watches it.

    Example:
        >>> MachinePanel().model.provider.name != ""
        True
    """

    model: MachineModel

    def __init__(self) -> None:
        self.model = MachineModel(sampler.history, shared=others_may_be_here())
        self.worker = Worker()
        self._subscription: Subscription | None = None

    def free(self) -> None:
        """Frees the GPU's memory without losing anything; learners go to the main memory.

        Raises:
            CourseError: It could not be done.
        """
        self._done(self.model.free)

    def drop(self, name: str) -> None:
        """Deletes a variable of this notebook, and what it held.

        Raises:
            CourseError: Nothing of that name holds memory.
        """
        self._done(self.model.look_for_memory)
        held = next((it for it in self.model.held if name in it.names), None)
        if held is None:
            raise CourseError(f"Nothing called {name} holds more than a megabyte here.")
        self._done(lambda: self.model.drop(held))

    def set_price(self, text: str) -> None:
        """Keeps what an hour of this machine costs, such as `0.526 $`; "" for nothing.

        Raises:
            CourseError: It is no price.
        """
        self._done(lambda: self.model.set_price(text))

    def arm(self, idle: str = "45m", command: str = "") -> None:
        """Arms the watchdog: after `idle` without a sign of life it runs `command`.

        Args:
            idle: Such as `45m` or `1h30m`.
            command: For the shell; "" to stop the machine as its provider says.

        Raises:
            CourseError: It could not be armed.
        """
        self._done(lambda: self.model.arm(idle, command))

    def disarm(self) -> None:
        """Switches the watchdog off.

        Raises:
            CourseError: It does not end.
        """
        self._done(self.model.disarm)

    def text(self) -> str:
        it, now = self.model, sampler.latest(FRESH)
        if it.shared:
            return joined(now, NOT_YOURS, it.told)
        it.look()
        free = "panel.free(), " if now.has_gpu else ""
        then = f"Now: {free}panel.set_price('0.526 $'), panel.arm('45m', 'COMMAND')."
        return joined(now, *bill().sentences(), it.guard, reminder().said, it.told, then)

    def saved(self) -> str:
        """Without price, watchdog and reminder: its command may hold a password."""
        it, now = self.model, sampler.latest(FRESH)
        if it.shared:
            return joined(now, NOT_YOURS, it.told)
        more = "print(panel) tells, too, what it costs and how the watchdog stands."
        return joined(now, *it.provider.leaving(), *it.skipped, it.told, more)

    def widgets(self) -> VBox:
        from coursekit.panels.machine.view import machine_view

        ours = None if self.model.shared else reminder()
        made = machine_view(self.model, ours, self.worker)
        self._subscription = sampler.subscribe(self.model.hear)
        return made

    def _ipython_display_(self) -> None:
        super()._ipython_display_()
        until_run_again(self)

    def close(self) -> None:
        if self._subscription:
            self._subscription.close()
        super().close()
