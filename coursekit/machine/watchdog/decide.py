"""When the watchdog acts: a state machine over what it sees, without a clock or a file of its own.

It acts once a countdown has ended that no sign of life broke off, at a look at which everything
could be asked; or at the latest moment that was set, whatever happens.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from coursekit.machine.idle import IdleClock, Seen

COUNTDOWN = 120.0
"""Seconds of warning, or half of the idle time where that is shorter."""

SAVE = 60.0
"""Seconds before the end at which live runs are asked for a checkpoint, or half the warning."""

PATIENCE = 60.0
"""Seconds after the end that it waits for their checkpoints."""


@dataclass(frozen=True)
class Orders:
    """What somebody armed the watchdog with.

    Attributes:
        idle: Seconds without a sign of life after which it acts.
        most: Seconds after which it acts whatever happens; None for never.
    """

    idle: float
    most: float | None = None

    @property
    def countdown(self) -> float:
        """How long it warns, in seconds."""
        return min(COUNTDOWN, min(self.idle, self.most or self.idle) / 2)


@dataclass(frozen=True)
class Decision:
    """What there is to do now.

    Attributes:
        phase: `saving` waits for checkpoints after the countdown.
        deadline: When the countdown ends, on the clock that is used; None where there is none.
        latest: Whether that is the latest moment, which no sign of life puts off.
        save: Whether live runs are to write a checkpoint now.
    """

    phase: Literal["guarding", "countdown", "saving", "acting"]
    deadline: float | None = None
    latest: bool = False
    save: bool = False


class Countdown:
    """Warns for `length` seconds before a moment, and never for less."""

    def __init__(self, length: float) -> None:
        self.length = length
        self.began: float | None = None

    def end(self, due: float, now: float, blind: bool = False) -> float | None:
        """When it ends, None while there is none.

        Args:
            due: When there is reason to act.
            now: If that is moved away, the countdown is broken off.
            blind: Whether something can't be asked now. No countdown begins then, and one that has
                ended begins anew once all can be asked.
        """
        if now < due - self.length:
            self.began = None
            return None
        if self.began is None:
            self.began = None if blind else now
        elif blind and now >= max(due, self.began + self.length):
            self.began = None
        return None if self.began is None else max(due, self.began + self.length)


class Decider:
    """Decides at each look; `clock` knows the last sign of life."""

    def __init__(self, orders: Orders, now: float) -> None:
        self.orders, self.armed, self.clock = orders, now, IdleClock(now)
        self.quiet, self.late = Countdown(orders.countdown), Countdown(orders.countdown)

    def look(
        self, now: float, seen: Mapping[str, Seen], away: float = 0.0, unsaved: int = 0
    ) -> Decision:
        """What is to be done.

        Args:
            now: Seconds on a clock that only goes forward.
            seen: See `IdleClock.look`, as `away`.
            away: Seconds.
            unsaved: Live runs that were asked for a checkpoint and have not written it yet.
        """
        self.clock.look(now, seen, away)
        due = self.clock.since + self.orders.idle
        end, latest = self.quiet.end(due, now, blind=bool(self.clock.unknown)), False
        if self.orders.most is not None:
            last = self.late.end(self.armed + self.orders.most, now)
            if last is not None and (end is None or last < end):
                end, latest = last, True
        return self._at(now, end, latest, unsaved)

    def next(self, now: float, decision: Decision) -> float:
        """Seconds until something is due if nothing is done before; infinite where nothing is."""
        orders = self.orders
        moments = [self.clock.since + orders.idle - orders.countdown]
        if orders.most is not None:
            moments.append(self.armed + orders.most - orders.countdown)
        if decision.deadline is not None:
            moments += [decision.deadline, decision.deadline - self._ahead]
        return min((it - now for it in moments if it > now), default=math.inf)

    @property
    def _ahead(self) -> float:
        return min(SAVE, self.orders.countdown / 2)

    def _at(self, now: float, end: float | None, latest: bool, unsaved: int) -> Decision:
        if end is None:
            return Decision("guarding")
        save = now >= end - self._ahead
        if now < end:
            return Decision("countdown", end, latest, save)
        if unsaved and now < end + PATIENCE:
            return Decision("saving", end, latest, save)
        return Decision("acting", end, latest, save)
