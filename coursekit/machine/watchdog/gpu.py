"""Whether a GPU is in use, asked as cheaply as can be."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from coursekit.machine import amd, nvml, reasons
from coursekit.machine.idle import Seen

IN_USE = 0.1
"""Share of a second from which on a GPU counts as used; a desktop alone takes some per cent."""

RATES = "nvmlDeviceGetUtilizationRates"

COMPUTES_NOTHING = {
    reasons.NOT_SUPPORTED,
    reasons.NO_PERMISSION,
    reasons.NOT_FOUND,
    reasons.DRIVER_NOT_LOADED,
    reasons.LIBRARY_NOT_FOUND,
    reasons.FUNCTION_NOT_FOUND,
    reasons.GPU_IS_LOST,
    reasons.RESET_REQUIRED,
    reasons.GPU_NOT_FOUND,
}
"""Errors where no program of ours computes on the GPU, or none can ever be seen to."""

UNSAID = 999
"""NVML's own number for an error that it can't name; also one that passes, such as a timeout."""

EVERY = 3.0
"""Seconds between two questions, which take microseconds: the end of a use is known so soon."""

AGAIN = 12.0
"""Seconds until one that failed is tried anew, which takes 10 ms and more."""


class GpuUse:
    """NVIDIA's and AMD's GPUs. One that can't be asked, though it may compute, is unknown."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._next = clock, clock()
        self._seen = Seen()
        self._library: Any = None
        self._devices: list[nvml.Device] = []
        self._errors: list[int] = []  # of those that there are and that don't answer
        self._amd = bool(amd.in_use())
        self._amd_hides = False

    def look(self, soon: bool = False) -> Seen:
        """Whether one is in use; asked now where something is done `soon`, else seldom."""
        if soon or self._clock() >= self._next:
            share = max([*self._nvidia(), *self._others()], default=0.0)
            at_work = f"the GPU, {share:.0%} in use" if share >= IN_USE else ""
            self._seen = Seen(at_work, unknown=self._unknown())
            self._next = self._clock() + (AGAIN if self._errors else EVERY)
        return self._seen

    def _others(self) -> list[float]:
        shares = amd.in_use() if self._amd else []
        self._amd_hides = None in shares
        return [it for it in shares if it is not None]

    def _unknown(self) -> str:
        """Why a GPU that may compute can't be asked; a changed driver still runs what it ran."""
        odd = next((it for it in self._errors if it not in COMPUTES_NOTHING), None)
        if odd is not None:
            said = reasons.SENTENCES.get(odd, f"NVIDIA's driver does not answer (error {odd}).")
        elif self._amd_hides:
            said = "AMD's driver does not answer."
        else:
            return ""
        return f"Whether the GPU is in use can't be seen. {said}"

    def _nvidia(self) -> list[float]:
        """The shares of those that answer; after one that does not, all are looked for anew."""
        if self._errors:
            self._close()
        if self._library is None:
            self._open()
        found = []
        for device in self._devices:
            try:
                rates = device.ask(RATES)
            except nvml.Lost as lost:
                self._errors.append(lost.code)
            else:
                found += [rates.gpu / 100] if rates is not None else []
                self._errors += [UNSAID] if rates is None and RATES not in device.silent else []
        return found

    def _open(self) -> None:
        """Finds NVIDIA's GPUs, if there is a driver."""
        try:
            self._library = nvml.library()
        except ImportError:  # it can never be asked; the panel says which package is missing
            return
        if self._library is None:
            return
        try:
            self._library.nvmlInit()
            count = self._library.nvmlDeviceGetCount()
        except self._library.NVMLError as error:
            self._close()
            self._errors.append(error.value)
            return
        for index in range(count):
            try:
                self._devices += nvml.devices(self._library, index)
            except self._library.NVMLError as error:
                if error.value != reasons.NO_PERMISSION:  # it stays another account's
                    self._errors.append(error.value)
            except nvml.Lost as lost:
                self._errors.append(lost.code)

    def _close(self) -> None:
        library, self._library, self._devices, self._errors = self._library, None, [], []
        if library is not None:
            with suppress(library.NVMLError):
                library.nvmlShutdown()
