"""When to say that the machine is still on, and how loudly. No widgets, no clock of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from traitlets import Bool, Enum, Float, Unicode
from traitlets import Tuple as TupleTrait

from coursekit.core import activity, deeds
from coursekit.core.wording import duration
from coursekit.machine import watchdog
from coursekit.panels.reminder.guard import Guard
from coursekit.panels.working import PanelModel

STEP = 5 * 60
"""Seconds from the line to the banner, and from the banner to the tab's title."""
LONG_RUN = 10 * 60
"""Seconds of training whose end is worth a banner."""
LATER = 30 * 60
"""Seconds of quiet after "Remind me in 30 min"."""
GONE = 5 * 60
"""Seconds after which a machine that was said to be shut down should not answer any more."""
ITSELF = 10
"""Seconds within which what was done is the click on a button of the reminder, and nothing new."""
GONE_FREE = "Good. Nothing else of it is known to cost."
CLOSING = "Closing this tab does not stop the machine."


class Idle(Protocol):
    """How long nothing was done, as `machine.idle` tells it."""

    @property
    def seconds(self) -> float:
        """Since the last thing that counts; 0 while a run trains."""

    @property
    def training(self) -> bool:
        """Whether a run trains now; one that waits for its user does not."""


@dataclass(frozen=True)
class Leaving:
    """How this machine is left, as its provider is known to work.

    Attributes:
        name: The provider's.
        stop: How it is stopped, one or two sentences.
        still: What goes on costing when it is stopped, each a sentence.
        paid: Whether leaving it on costs: it is rented, or a price was typed.
        price: Of an hour, such as `0.526 $`; "" where nobody typed one.
    """

    name: str
    stop: str
    still: tuple[str, ...]
    paid: bool
    price: str = ""


def before_leaving(how: Leaving) -> str:
    """What to say to somebody who is about to leave; it changes with the price, not with time."""
    price = f"Each hour that it stays on costs {how.price}." if how.price else ""
    return " ".join(filter(None, ["Before you leave:", how.stop, CLOSING, price]))


class ReminderModel(PanelModel):
    """Whether and what to remind of; `look` is called every few seconds.

    Args:
        idle: How long nothing was done.
        leaving: How this machine is left.
        so_far: What it has cost, a sentence; "" where no price is known.
        clock: The time of day here.
        chosen: Whether somebody wants to be reminded; None where nobody has said so.

    Attributes:
        after: Seconds without anything done until the first line.
        on: Whether to remind at all; as was chosen, else where leaving the machine on costs.
        stage: `line` in the machine panel, `banner` in every panel, `loud` in the tab's title and
            as a notice, too; `list` is what may still cost, once one says that it is shut down.
        said: What to say.
        still: Of the list, what may still cost.
        alarm: What of the watchdog comes before all that: it counts down, or is lost.
        warning: What to say of that.
        helps: Of a countdown, what keeps the watchdog from what it is about to do: a `sign` of
            life, or only to switch it `off`; "" for nothing any more.
        deed: What that is: to `stop` the machine, to `run` a command, or only to `rehearse`.
        ends: When the countdown ends, on `time.monotonic`'s clock; 0 where there is none.
        asks: Whether leaving the page is worth a question.
        leave: What to say to somebody who is about to leave.
    """

    after = Float(15 * 60.0, min=60)
    on = Bool(False)
    stage = Enum(["", "line", "banner", "loud", "list"], "")
    said = Unicode()
    still = TupleTrait()
    alarm = Enum(["", "countdown", "lost"], "")
    warning = Unicode()
    helps = Enum(["", "sign", "off"], "")
    deed = Enum(["", "stop", "run", "rehearse"], "")
    ends = Float(0.0)
    asks = Bool(False)
    leave = Unicode()

    def __init__(
        self,
        idle: Callable[[], Idle],
        leaving: Callable[[], Leaving],
        so_far: Callable[[], str] = lambda: "",
        clock: Callable[[], datetime] = datetime.now,
        chosen: Callable[[], bool | None] = lambda: None,
    ) -> None:
        super().__init__()
        self._idle, self._leaving, self._so_far, self._clock = idle, leaving, so_far, clock
        self._chosen = chosen
        self._quiet_until = -math.inf
        self._sign = self._pressed = -math.inf  # when something was done last; a button of ours
        self._shown = ("", "")
        self._guard, self._warned = Guard(), -math.inf  # as of when
        self._put_off: tuple[Hashable, float] = ("", -math.inf)  # what was answered, until when
        self._failed: tuple[Hashable, str] = (None, "")  # what could not be switched off, why
        self._event = ""  # what happened that is worth a banner before its time
        self._trained_since: float | None = None
        self._gone: float | None = None  # when it was said to be shut down, until that is doubted
        self._lists = False  # what may still cost, until something is done
        self._paid, said = leaving().paid, chosen()
        self.on = self._paid if said is None else said

    def look(self, now: float) -> None:
        """Says what there is to say at `now`, in seconds of a clock that never goes back."""
        idle, how = self._idle(), self._leaving()
        if how.paid != self._paid and self._chosen() is None:  # a price was typed, or taken away
            self.on = how.paid
        self._paid = how.paid
        before, self._sign = self._sign, now - idle.seconds
        if self._sign > before + 1 and self._sign > self._pressed + ITSELF:
            self._begin_anew()
        self._event = self._news(idle, now) or self._event
        stage, first = self._due(idle, now)
        self._show(stage, first)
        self.asks = self.on and stage != "list" and self._paid
        self.leave = before_leaving(how) if self.asks else ""

    def warn(self, guard: Guard, now: float) -> None:
        """Says what everybody has to know of the watchdog, as it stands at `now`; see `look`."""
        self._guard, self._warned = guard, now
        answered, until = self._put_off
        # one that was lost before this process began is told in the machine panel
        due = guard.alarm == "countdown" or guard.seen
        shown = guard.alarm if due and (guard.key != answered or now >= until) else ""
        # once for each countdown, as the page itself counts; see `_show`
        failed, why = self._failed
        said = f"{guard.said} {why}" if why and failed == guard.key else guard.said
        self.warning = said if shown else ""
        self.ends = guard.ends if shown == "countdown" else 0.0
        if shown == "countdown":  # else they stay, for a page hears of each change by itself
            self.helps, self.deed = guard.helps, guard.deed
        self.alarm = shown

    def still_here(self) -> None:
        """Somebody is there: counts as something done, for the watchdog, too."""
        activity.record("here")
        if self._gone is not None:
            self._still_runs()
        self._begin_anew()
        self._show("")
        # the watchdog needs some seconds to see that; one that does not counts on for all to see
        self._answer(self._warned + ITSELF if self._guard.alarm == "countdown" else math.inf)

    def switch_off(self) -> None:
        """Ends the watchdog, where nothing else puts its countdown off; takes seconds."""
        if self._guard.helps != "off":  # no page was offered that
            return
        key = self._guard.key
        with self.working("Switching the watchdog off"):
            watchdog.off()
        self._failed = key, self.message
        self.warn(self._guard, self._warned)

    def later(self, now: float, seconds: float = LATER) -> None:
        """Says nothing for so long."""
        self._pressed, self._quiet_until, self._event = now, now + seconds, ""
        self._show("")
        self._answer(now + seconds)

    def shut_down(self, now: float) -> None:
        """Somebody says that the machine is shut down: tells what may still cost."""
        deeds.note("shut_down")
        self._pressed = self._gone = now
        self._lists, self.asks = True, False
        self._show("list")

    def _answer(self, until: float) -> None:
        """Says nothing more of the watchdog as it stands until then."""
        self._put_off = self._guard.key, until
        self.warn(self._guard, self._warned)

    def _still_runs(self) -> None:
        """It was said to be shut down, and is not."""
        self._gone, self._lists = None, False
        deeds.undo("shut_down")

    def _begin_anew(self) -> None:
        """Something was done: nothing of before matters."""
        self._quiet_until, self._lists, self._event = -math.inf, False, ""

    def _due(self, idle: Idle, now: float) -> tuple[str, str]:
        """The stage, and the sentence that it begins with."""
        if not self.on or now < self._quiet_until:
            return "", ""
        if self._lists:
            return "list", ""
        over = self._over(idle)
        if self._event and over != "loud":
            return "banner", self._event
        since = self._clock() - timedelta(seconds=idle.seconds)
        return over, f"Nothing was done since {since:%H:%M}."

    def _over(self, idle: Idle) -> str:
        """The stage that so much idle time deserves."""
        steps = (("loud", 2 * STEP), ("banner", STEP), ("line", 0))
        return next((name for name, more in steps if idle.seconds >= self.after + more), "")

    def _news(self, idle: Idle, now: float) -> str:
        """What has just happened that is worth a banner; "" for nothing."""
        if self._gone is not None and now - self._gone >= GONE:
            self._still_runs()
            return "You said that this machine is shut down, but it still runs."
        since = self._trained_since
        if idle.training:
            self._trained_since = now if since is None else since
            return ""
        self._trained_since = None
        if since is None or now - since < LONG_RUN:
            return ""
        return f"The training has ended after {duration(now - since)}."

    def _show(self, stage: str, first: str = "") -> None:
        # once for each stage: a text that changes is a message, and keeps a kernel from the culler
        if (stage, self._event) == self._shown:
            return
        self._shown, how = (stage, self._event), self._leaving()
        self.still = how.still if stage == "list" else ()
        if not stage:
            self.said = ""
        elif stage == "list":
            self.said = f"Good. What may still cost ({how.name}):" if how.still else GONE_FREE
        else:
            self.said = " ".join(filter(None, [first, self._so_far(), how.stop, CLOSING]))
        self.stage = stage
