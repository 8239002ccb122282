"""Clocks that nobody sets, and where one of them holds."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path


def through_sleep() -> float:
    """Seconds on a clock that goes on while the machine sleeps.

    `time.monotonic` stands still meanwhile on Linux and on a Mac, so by it nobody can tell that the
    machine slept. On a Mac the system's monotonic clock, which Python's is not, goes on.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if clock is None else time.clock_gettime(clock)


PLACES = (Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid"))
"""What Linux says of this start of the machine, and of this container."""


@cache
def place() -> str:
    """A word for where `time.monotonic` and the numbers of processes hold; only Linux has one.

    Each machine and each container has its own, and a new one at each start. Not the host's name,
    which changes as a laptop is carried about.
    """
    try:
        return f"{PLACES[0].read_text(encoding='ascii').strip()} {PLACES[1].readlink()}"
    except OSError:
        return ""
