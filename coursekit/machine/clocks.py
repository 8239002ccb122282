"""Clocks that nobody sets."""

from __future__ import annotations

import time


def through_sleep() -> float:
    """Seconds on a clock that goes on while the machine sleeps.

    `time.monotonic` stands still meanwhile on Linux and on a Mac, so by it nobody can tell that the
    machine slept. On a Mac the system's monotonic clock, which Python's is not, goes on.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if clock is None else time.clock_gettime(clock)
