"""Since when this machine is on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from coursekit.machine import clocks
from coursekit.machine.providers import Signs, container


def booted() -> float:
    """When the machine was switched on, in seconds since 1970."""
    import psutil  # costs 20 ms, so not at import

    seconds: float = psutil.boot_time()
    return seconds


def first_process() -> float:
    """When the first process of a container began; when the machine did, where that is hidden."""
    import psutil

    try:
        seconds: float = psutil.Process(1).create_time()
    except psutil.Error:
        return booted()
    return seconds


def started(
    signs: Signs | None = None,
    boot: Callable[[], float] = booted,
    first: Callable[[], float] = first_process,
) -> datetime:
    """Since when this machine runs; a container or a job of Slurm's counts as one of its own."""
    signs = signs or Signs()
    if (job := signs.env("SLURM_JOB_START_TIME")).isdecimal():
        return datetime.fromtimestamp(int(job), UTC)
    return datetime.fromtimestamp(first() if container.recognise(signs) else boot(), UTC)


ASLEEP = 60.0
"""Seconds; two clocks that are read one after the other differ a little."""


def slept() -> float | None:
    """Seconds for which this machine has slept since it was switched on; None if nothing tells.

    Linux alone has both a clock that goes on in sleep and one that does not.
    """
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return None
    return clocks.through_sleep() - time.monotonic()


def awake_since(asleep: Callable[[], float | None] = slept) -> datetime | None:
    """Since when this machine has been on without a sleep, whoever saw it; None where it slept."""
    for_ = asleep()
    return started() if for_ is not None and for_ < ASLEEP else None
