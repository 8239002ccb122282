"""Whether a GPU is in use, asked as cheaply as can be."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from coursekit.machine import amd, nvml
from coursekit.machine.idle import Seen

IN_USE = 0.1
"""Share of a second from which on a GPU counts as used; a desktop alone takes some per cent."""

EVERY = 12.0
"""Seconds between two questions, and to try again after an error."""


class GpuUse:
    """NVIDIA's and AMD's GPUs. One that does not answer computes nothing that could be lost."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._next = clock, clock()
        self._seen = Seen()
        self._library: Any = None
        self._devices: list[nvml.Device] = []
        self._whole = True  # whether all that there are could be found and answer
        self._amd = bool(amd.read())

    def look(self, soon: bool = False) -> Seen:
        """Whether one is in use; asked now where something is done `soon`, else seldom."""
        if soon or self._clock() >= self._next:
            self._next = self._clock() + EVERY
            share = max([*self._nvidia(), *self._others()], default=0.0)
            self._seen = Seen(f"the GPU, {share:.0%} in use" if share >= IN_USE else "")
        return self._seen

    def _others(self) -> list[float]:
        return [gpu.busy or 0.0 for gpu in amd.read()] if self._amd else []

    def _nvidia(self) -> list[float]:
        """The shares of those that answer; after one that does not, all are looked for anew."""
        if self._library is None:
            self._open()
        found = []
        for device in self._devices:
            try:
                rates = device.ask("nvmlDeviceGetUtilizationRates")
            except nvml.Lost:
                self._whole = False
            else:
                found += [rates.gpu / 100] if rates is not None else []
        if not self._whole:
            self._close()
        return found

    def _open(self) -> None:
        """Finds NVIDIA's GPUs, if there is a driver."""
        self._whole = True
        with suppress(ImportError):
            self._library = nvml.library()
        if self._library is None:
            return
        try:
            self._library.nvmlInit()
            count = self._library.nvmlDeviceGetCount()
        except self._library.NVMLError:
            self._whole = False
            return
        for index in range(count):
            try:
                self._devices += nvml.devices(self._library, index)
            except (self._library.NVMLError, nvml.Lost):
                self._whole = False

    def _close(self) -> None:
        library, self._library, self._devices = self._library, None, []
        if library is not None:
            with suppress(library.NVMLError):
                library.nvmlShutdown()
