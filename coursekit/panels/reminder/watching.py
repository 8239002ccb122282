"""What the reminder goes by: the idle time of this machine, how it is left, what it costs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from coursekit.machine import clocks, cost, month, providers
from coursekit.machine.idle import IdleClock, Seen, Trace
from coursekit.machine.readings import Reading
from coursekit.machine.sampler import Sampler, Subscription, sampler
from coursekit.machine.traces import Notes, cells, trainings
from coursekit.machine.watchdog.gpu import IN_USE
from coursekit.panels.reminder.model import Leaving, ReminderModel

EVERY = 5.0
"""Seconds between two looks at files; a reading comes each second."""


@dataclass(frozen=True)
class IdleNow:
    """How long nothing was done; see `model.Idle`."""

    seconds: float
    training: bool


class Watch:
    """Looks for the reminder, every few seconds as the machine is read, until it is closed.

    Args:
        start: Of the time without anything done, on `time.monotonic`'s clock.
    """

    def __init__(self, start: float | None = None) -> None:
        now = time.monotonic() if start is None else start
        self._clock, self._notes, self._last = IdleClock(now), Notes(), now
        self._looked = clocks.through_sleep()
        self._training = False
        self._provider = providers.recognise()
        self._subscription: Subscription | None = None

    def begin(self, model: ReminderModel, source: Sampler = sampler) -> None:
        """Has the model look from now on."""

        def hear(reading: Reading) -> None:
            if self.see(reading):
                model.look(reading.clock)

        self._subscription = source.subscribe(hear)

    def close(self) -> None:
        """Ends that."""
        if self._subscription:
            self._subscription.close()

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
        paid = it.paid or cost.rate() is not None
        return Leaving(it.name, it.stop, it.still_costs, paid)


def gpu_use(reading: Reading) -> Seen:
    """Whether a GPU is at work, whoever uses it."""
    busy = [gpu for gpu in reading.gpus if gpu.busy is not None and gpu.busy >= IN_USE]
    traces = {f"{gpu.maker} {gpu.index}": Trace(False, "work on the GPU") for gpu in reading.gpus}
    return Seen("work on the GPU" if busy else "", traces)


def so_far() -> str:
    """What this machine has cost since it started; "" where nobody typed a price."""
    found = cost.costs()
    return found.sentences()[0] if found else ""
