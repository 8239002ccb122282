"""Puts a reading together from all who know a part of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from coursekit.machine import amd, loaded, through_torch
from coursekit.machine.accelerator import accelerator
from coursekit.machine.host import HostReader
from coursekit.machine.nvidia import Nvidia
from coursekit.machine.readings import Accelerator, Gpu, Reading
from coursekit.machine.share import with_share

AT_WORK = 0.05
"""Share of a second from which on a GPU counts as working; a desktop alone takes 1 or 2 %."""

UNWATCHED = 10.0
"""Seconds without a reading after which nobody knows whether a GPU was idle."""


class Reader:
    """Reads the machine; any thread may ask.

    Args:
        clock: Seconds by a clock that only goes forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._nvidia = Nvidia(clock)
        self._host = HostReader(clock)
        self._accelerator: tuple[object, Accelerator] | None = None
        self._worked: dict[str, float] = {}
        self._last = clock()

    def read(self) -> Reading:
        """The machine now, in a few ms. What cannot be read is a sentence in it, never an error."""
        with self._lock:
            now = self._clock()
            nvidia, trouble = self._nvidia.read()
            gpus = [*with_share([*nvidia, *amd.read()]), *through_torch.read()]
            reading = Reading(
                time=time.time(),
                clock=now,
                gpus=tuple(self._with_idle(gpus, now)),
                host=self._host.read(),
                accelerator=self._usable(gpus),
                driver=self._nvidia.driver,
                cuda=self._nvidia.cuda,
                trouble=tuple(trouble),
            )
            self._last = now
            return reading

    def _with_idle(self, gpus: list[Gpu], now: float) -> list[Gpu]:
        """The same GPUs, with the seconds for which each has been seen to rest."""
        if now - self._last > UNWATCHED:
            self._worked.clear()
        for gpu in gpus:
            if gpu.busy is not None and gpu.busy >= AT_WORK:
                self._worked[gpu.uuid] = now
        return [
            gpu
            if gpu.busy is None
            else replace(gpu, idle=now - self._worked.setdefault(gpu.uuid, now))
            for gpu in gpus
        ]

    def _usable(self, gpus: list[Gpu]) -> Accelerator:
        """Asked again only where another answer is possible: asking may take a while."""
        basis = (loaded.torch() is None, {gpu.uuid for gpu in gpus}, self._nvidia.cuda)
        if self._accelerator is None or self._accelerator[0] != basis:
            self._accelerator = basis, accelerator(gpus, self._nvidia.cuda)
        return self._accelerator[1]


_reader: Reader | None = None
_making = threading.Lock()


def reader() -> Reader:
    """The reader that all of this process share, so that NVML is opened once."""
    global _reader  # noqa: PLW0603 - one machine, so one reader
    with _making:
        _reader = _reader or Reader()
        return _reader


def status() -> Reading:
    """The machine now: GPUs, processor, memory, disk, what PyTorch can use, and what is wrong.

    The processor's share is that since the reading before, so a first one has none.
    """
    return reader().read()
