"""What the reminder goes by: the idle time of this machine, how it is left, what it costs."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Event, Thread

from coursekit.machine import clocks, cost, month, providers
from coursekit.machine.idle import IdleClock, Seen, Trace
from coursekit.machine.readings import Reading
from coursekit.machine.sampler import Sampler, sampler
from coursekit.machine.traces import Notes, cells, trainings
from coursekit.machine.watchdog.gpu import IN_USE
from coursekit.panels.reminder import wishes
from coursekit.panels.reminder.guard import Lookout
from coursekit.panels.reminder.model import Leaving, ReminderModel

TICK = 1.0
"""Seconds between two looks at the watchdog, which costs next to nothing."""

EVERY = 5.0
"""Seconds between two looks at what was done, GPUs among it, while that matters."""


@dataclass(frozen=True)
class IdleNow:
    """How long nothing was done; see `model.Idle`."""

    seconds: float
    training: bool


class Watch:
    """Looks for the reminder until it is closed: at the watchdog, and at what was done.

    The machine is read only while the reminder is on or the machine costs.

    Args:
        start: Of the time without anything done, on `time.monotonic`'s clock.
    """

    def __init__(self, start: float | None = None) -> None:
        now = time.monotonic() if start is None else start
        self._clock, self._notes, self._last = IdleClock(now), Notes(), now
        self._looked = clocks.through_sleep()
        self._training = False
        self._provider = providers.recognise()
        self._lookout, self._over = Lookout(), Event()
        self._matters, self._asked = False, now
        self._wished = wishes.kept()

    def begin(self, model: ReminderModel, source: Sampler = sampler) -> None:
        """Has the model look from now on, in a thread."""
        args = (model, source, self._over)
        Thread(target=self._work, args=args, name="coursekit-reminder", daemon=True).start()

    def close(self) -> None:
        """Ends that."""
        self._over.set()

    def _work(self, model: ReminderModel, source: Sampler, over: Event) -> None:
        failed = False
        while not over.wait(min(TICK, EVERY)):
            try:
                self.turn(model, source, time.monotonic())
            except Exception:  # it goes on, and says so once
                if not failed:
                    logging.getLogger(__name__).exception("The reminder could not look.")
                failed = True
            else:
                failed = False

    def turn(self, model: ReminderModel, source: Sampler, now: float) -> None:
        """Looks at the watchdog; every few seconds at what was done, where that matters."""
        model.warn(self._lookout.look(), now)
        if now - self._asked < EVERY:
            return
        self._follow(model)
        matters = model.on or self.leaving().paid
        if matters or self._matters:  # once more when that ends, so that nothing of it stays
            reading = source.latest(TICK)
            if not self.see(reading):  # one of a moment ago, so it is due at the next tick
                return
            model.look(reading.clock)
        self._matters, self._asked = matters, now

    def _follow(self, model: ReminderModel) -> None:
        """Does as somebody wished since, in whichever notebook."""
        wished = wishes.kept()
        if wished != self._wished:
            self._wished, model.after = wished, 60.0 * wished.minutes
            model.on = model.on if wished.on is None else wished.on

    def see(self, reading: Reading) -> bool:
        """Takes notice of what was done; False where that is not due yet."""
        now = reading.clock
        if now - self._last < EVERY:
            return False
        runs = trainings()
        seen = {"notes": self._notes.look(), "trainings": runs, "the cells": cells()}
        seen["the GPU"] = gpu_use(reading)
        before, self._looked = self._looked, clocks.through_sleep()
        self._clock.look(now, seen, away=max(0.0, self._looked - before - EVERY))
        self._last = now
        self._training = bool(runs.at_work)
        month.touch()
        return True

    def idle(self) -> IdleNow:
        """As of the last look."""
        return IdleNow(self._clock.idle(self._last), self._training)

    def leaving(self) -> Leaving:
        """How this machine is left; a price that somebody typed makes it one that costs."""
        it = self._provider
        price = cost.rate()
        paid = it.paid or price is not None
        return Leaving(it.name, it.stop, it.still_costs, paid, str(price or ""))


def gpu_use(reading: Reading) -> Seen:
    """Whether a GPU is at work, whoever uses it."""
    busy = [gpu for gpu in reading.gpus if gpu.busy is not None and gpu.busy >= IN_USE]
    traces = {f"{gpu.maker} {gpu.index}": Trace(False, "work on the GPU") for gpu in reading.gpus}
    return Seen("work on the GPU" if busy else "", traces)


def so_far() -> str:
    """What this machine has cost since it started; "" where nobody typed a price."""
    found = cost.costs()
    return found.sentences()[0] if found else ""
