"""A watchdog's state, as it keeps it itself, and the end of one that a test armed."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from coursekit.machine import clocks, watchdog
from coursekit.machine.watchdog.arming import TooLate
from coursekit.machine.watchdog.standing import State


def kept(**changes: Any) -> State:
    """A state that was just written."""
    now = time.monotonic()
    it = State("guarding", 2700, None, "true", clock=now, since=now - 60, sign="a cell", pid=1)
    it = replace(it, **{"place": clocks.place(), **changes})
    it.write()
    return it


def disarm() -> None:
    """Switches it off, wherever it is; its command may have just run."""
    with suppress(TooLate):
        watchdog.off()
