"""Processor, memory and disk, and in a container what it may have of them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from coursekit.core import paths
from coursekit.core.processors import processors
from coursekit.machine import cgroup
from coursekit.machine.readings import Host

SELDOM = 30.0
"""Seconds for which the disk's figures and the container's limits are taken to be the same."""


class HostReader:
    """Reads a `Host`; the processor's share is that since the reading before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked: float | None = None
        self._limits = cgroup.Limits()
        self._disk: tuple[int | None, int | None] = (None, None)
        self._before: tuple[float, float] | None = None

    def read(self) -> Host:
        """What is used now."""
        now = self._clock()
        if self._looked is None or now - self._looked >= SELDOM:
            self._looked, self._limits, self._disk = now, cgroup.limits(), disk(paths.home())
        cores = min(processors(), self._limits.cores or processors())
        used, total, contained = self._memory()
        return Host(
            cores=cores,
            busy=self._busy(now, cores),
            memory_used=used,
            memory_total=total,
            disk_used=self._disk[0],
            disk_total=self._disk[1],
            limited=contained or cores < processors(),
        )

    def _memory(self) -> tuple[int, int, bool]:
        """Bytes used, bytes there are, and whether that is a container's limit."""
        import psutil  # costs 20 ms, so not at import

        machine = psutil.virtual_memory()
        limit = self._limits.memory
        if limit is not None and limit < machine.total:
            used = self._limits.memory_used()
            if used is not None:
                return used, limit, True
        return machine.total - machine.available, machine.total, False

    def _busy(self, now: float, cores: float) -> float | None:
        """Of the container's cores where it has a limit, else of those we may use."""
        spent = self._limits.core_seconds() if self._limits.cores else None
        after = core_seconds() if spent is None else (spent, now * cores)
        before, self._before = self._before, after
        if before is None or after[1] <= before[1]:
            return None
        return min(1.0, max(0.0, (after[0] - before[0]) / (after[1] - before[1])))


def core_seconds() -> tuple[float, float]:
    """Seconds that the cores which we may use have worked, and have been there at all."""
    import psutil

    every = [psutil.cpu_times()]
    if processors() != os.cpu_count() and hasattr(os, "sched_getaffinity"):
        ours = os.sched_getaffinity(0)
        every = [it for core, it in enumerate(psutil.cpu_times(percpu=True)) if core in ours]
    # a guest's time is part of its user's
    there = sum(sum(it) - getattr(it, "guest", 0) - getattr(it, "guest_nice", 0) for it in every)
    return there - sum(it.idle + getattr(it, "iowait", 0) for it in every), there


def disk(folder: Path) -> tuple[int | None, int | None]:
    """Bytes used, and those that this user may fill in all, where `folder` is or will be.

    (None, None) where that is secret. What is neither used nor free for us belongs to neither.
    """
    for there in (folder, *folder.parents):
        try:
            usage = shutil.disk_usage(there)
        except FileNotFoundError:
            continue
        except OSError:
            break
        return usage.used, usage.used + usage.free
    return None, None
