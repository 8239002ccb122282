"""What the machine panel does: reads the machine, frees memory, tells costs. No widgets."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Bool, Float, Int, Unicode
from traitlets import Tuple as TupleTrait

from coursekit.core import activity
from coursekit.core.errors import CourseError
from coursekit.core.wording import file_size
from coursekit.machine import cost, month, providers, watchdog, words
from coursekit.machine.freeing import drop, free
from coursekit.machine.holding import Held, holdings
from coursekit.machine.readings import Reading
from coursekit.machine.watchdog.orders import seconds
from coursekit.panels.reminder.guard import Guard, Lookout
from coursekit.panels.working import PanelModel

AGAIN = 5.0
"""Seconds after which charts are drawn and files read again: prices, the watchdog."""

MONTH = 60.0
"""Seconds after which the database is asked again; not oftener is a machine's time kept there."""

RESTS = 10 * 60.0
"""Seconds without anything done in this process after which nothing new is shown."""


class MachineModel(PanelModel):
    """A machine, as whoever learns on it sees it.

    Args:
        history: The readings of the last ten minutes.
        shared: Whether others may see this: the price and the watchdog are their owner's alone, so
            nothing is known of them here, and none can be set.

    Attributes:
        reading: The machine now; None before the first one.
        recent: The readings of the last ten minutes, every five seconds anew.
        rests: Whether nothing new is shown, since nothing was done here for `RESTS` seconds; only
            where the watchdog stands in another way that is shown at once.
        has_gpu: Whether there is one, as `Reading.has_gpu`.
        said: What the reading means, sentences.
        held: What holds memory in this process, once somebody asked.
        told: What was done last, a sentence.
        skipped: A sentence for each plug-in for a provider that can't be used.
        price: Per hour, as it was typed; "" where it was not.
        costs: What that makes, sentences.
        month: What this month cost, a sentence; "" where that is not known.
        due: Rises where the month is to be asked for again: it takes long, so its view has it done.
        guard: How the watchdog stands, a sentence.
        guarded: Whether it is at work.
        of_memory: Whether what was tried last, and may have failed, was about memory.
        ends: When its countdown ends, on `time.monotonic`'s clock; 0 where there is none.
        alarm: `countdown`, or `lost`: it was armed, and is at work no more.
    """

    reading: Any = AnyTrait(None, allow_none=True)
    recent = TupleTrait()
    rests = Bool(False)
    has_gpu = Bool(False)
    said = TupleTrait()
    held = TupleTrait()
    told = Unicode()
    price = Unicode()
    costs = TupleTrait()
    month = Unicode()
    due = Int()
    guard = Unicode()
    guarded = Bool(False)
    of_memory = Bool(True)
    ends = Float(0.0)
    alarm = Unicode()

    def __init__(self, history: Callable[[], tuple[Reading, ...]], shared: bool = False) -> None:
        super().__init__()
        self._history, self.shared = history, shared
        self.provider = providers.recognise()
        self.skipped = providers.skipped()
        self._looked, self._began = 0.0, time.time()
        self._asked = -math.inf
        self._lookout, self._guard = Lookout(), Guard()
        self.look()

    def hear(self, reading: Reading) -> None:
        """Takes a new reading, once a second, unless nobody has done anything here for a while.

        What is shown is a message to the page, and messages keep the kernel of a page that was
        closed from being ended. The watchdog is looked at each time, and told of where it stands in
        another way: that is seldom.
        """
        self._look_at_guard(news_only=True)
        if self._rests():
            self.rests = True
            return
        self.reading, self.rests = reading, False
        self.has_gpu = reading.has_gpu
        self.said = (*words.summary(reading), *reading.trouble)
        if reading.clock - self._looked >= AGAIN:
            self._looked, self.recent = reading.clock, self._history()
            self.look()

    def wake(self) -> None:
        """Goes on reading: somebody looks."""
        activity.record("here")
        self._began = time.time()

    def _rests(self) -> bool:
        return time.time() - max(activity.last(), self._began) > RESTS

    def look(self) -> None:
        """Reads anew what others may have changed: the price, what it makes, the watchdog."""
        if self.shared:
            return
        found, before = cost.costs(), self.price
        self.price = str(found.rate) if found else ""
        self.costs = tuple(found.sentences()) if found else ()
        if self.price != before or time.monotonic() - self._asked >= MONTH:
            self._asked = time.monotonic()
            self.due += 1
        self._look_at_guard()

    def _look_at_guard(self, news_only: bool = False) -> None:
        if self.shared:
            return
        before, self._guard = self._guard, self._lookout.look()
        if news_only and before.key == self._guard.key:
            return
        it = self._guard
        self.ends, self.alarm, self.guard, self.guarded = it.ends, it.alarm, it.said, it.guarded

    def look_for_memory(self) -> None:
        """Lists what holds memory; takes up to a second."""
        self.of_memory = True
        with self.working("Looking for what holds memory"):
            self.held = tuple(holdings())
            self.told = "" if self.held else "Nothing here holds more than a megabyte."

    def free(self) -> None:
        """Frees the GPU's memory without losing anything; learners go to the main memory."""
        self.of_memory = True
        with self.working("Freeing memory"):
            given = free()
            self.held = tuple(holdings()) if self.held else ()
            self.told = f"Freed {file_size(given)} of the GPU." if given else NOTHING_FREED

    def drop(self, held: Held) -> None:
        """Deletes one of `held`, with all its names in the notebook."""
        self.of_memory = True
        with self.working("Deleting"):
            given = drop(held)
            self.held = tuple(holdings())
            self.told = f"Deleted {words.holding(held).partition(':')[0]}."
            self.told += f" Freed {file_size(given)} of the GPU." if given else ""

    def set_price(self, text: str) -> None:
        """Keeps what an hour costs, such as `0.526 $`; "" for nothing."""
        self.of_memory = False
        with self.working(""):
            self._owners_alone()
            cost.set_rate(text)
            month.note()
        self.look()

    def ask_month(self) -> None:
        """Asks the database what this month cost."""
        found = month.this_month()
        self.month = found.sentence() if found else ""

    def arm(self, idle: str, command: str = "") -> None:
        """Arms the watchdog.

        Args:
            idle: How long nothing must have been done, such as `45m`.
            command: What it then runs; "" to stop the machine as its provider says.
        """
        self.of_memory = False
        with self.working("Arming the watchdog"):
            self._owners_alone()
            watchdog.arm(seconds(idle), command)
        self.look()

    def disarm(self) -> None:
        """Switches the watchdog off."""
        self.of_memory = False
        with self.working("Switching the watchdog off"):
            self._owners_alone()
            watchdog.off()
        self.look()

    def _owners_alone(self) -> None:
        if self.shared:
            raise CourseError(NOT_YOURS)


NOT_YOURS = "Whoever serves this page to you shuts its machine down; from here it can't be stopped."
NOTHING_FREED = "There was nothing to free on a GPU."
