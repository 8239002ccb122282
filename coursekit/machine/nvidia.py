"""All of NVIDIA's GPUs: opened once, and again after one was lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from coursekit.machine import nvml as asking
from coursekit.machine import reasons
from coursekit.machine.nvml import Device, Lost
from coursekit.machine.readings import Gpu

RETRY = 30.0
"""Seconds between two tries to find what is missing; each costs some milliseconds."""


class Nvidia:
    """NVIDIA's GPUs and their driver.

    Attributes:
        driver: The driver's version; None without one.
        cuda: The newest CUDA that it runs, such as "12.4".
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.driver: str | None = None
        self.cuda: str | None = None
        self._clock = clock
        self._next_try = clock()
        self._nvml: Any = None
        self._devices: list[Device] = []
        self._lost: dict[str, Device] = {}
        self._notes: list[str] = []

    def read(self) -> tuple[list[Gpu], list[str]]:
        """Its GPUs now, and sentences about what cannot be read and why."""
        if (self._nvml is None or self._lost) and self._clock() >= self._next_try:
            self._next_try = self._clock() + RETRY
            self._open()
        gpus = []
        for device in list(self._devices):
            try:
                gpus.append(device.read())
            except Lost:
                self._devices.remove(device)
                self._lost[device.uuid] = device
                self._next_try = self._clock()  # once at once: only its handle may be stale
        lost = self._lost.values() if self._nvml else ()
        said = [reasons.LOST.format(index=it.index, name=it.name) for it in lost]
        return gpus, [*self._notes, *said]

    def _open(self) -> None:
        """Opens NVML and lists the GPUs; where that fails `_notes` says why."""
        self._close()
        try:
            nvml = asking.library()
        except ImportError:
            self._notes = [reasons.NO_PACKAGE]
            return
        if nvml is None:
            self._notes = [it for it in (reasons.without_driver(),) if it]
            return
        try:
            nvml.nvmlInit()
            self._nvml = nvml
            self._find(nvml)
        except nvml.NVMLError as error:
            self._close()
            self._notes = [it for it in (reasons.why(error.value, str(error)),) if it]

    def _close(self) -> None:
        nvml, self._nvml = self._nvml, None
        self.driver, self.cuda, self._devices, self._notes = None, None, [], []
        if nvml is not None:
            with suppress(nvml.NVMLError):
                nvml.nvmlShutdown()

    def _find(self, nvml: Any) -> None:
        """Lists the GPUs; one that was lost and is there again is lost no more."""
        with suppress(UnicodeDecodeError):  # some drivers give WSL names that are no text
            self.driver = asking.text(nvml.nvmlSystemGetDriverVersion())
        with suppress(nvml.NVMLError):
            version = nvml.nvmlSystemGetCudaDriverVersion()
            self.cuda = f"{version // 1000}.{version % 1000 // 10}"
        for index in range(nvml.nvmlDeviceGetCount()):
            self._add(nvml, index)
        if not self._devices and not self._lost and not self._notes:
            self._notes.append(reasons.NO_DEVICE)
        if self._devices and reasons.wsl():
            self._notes.append(reasons.IN_WSL)

    def _add(self, nvml: Any, index: int) -> None:
        try:
            found = asking.devices(nvml, index)
        except (nvml.NVMLError, Lost) as error:
            if getattr(error, "value", None) == reasons.NO_PERMISSION:
                self._notes.append(reasons.CLOSED.format(index=index))
            elif all(it.index != index for it in self._lost.values()):
                self._lost[f"GPU {index}"] = Device(nvml, None, index)
            return
        if not found or found[0].mig:
            said = reasons.MIG if found else reasons.MIG_CLOSED
            self._notes.append(said.format(index=index))
        self._devices += found
        for uuid in (f"GPU {index}", *(it.uuid for it in found)):
            self._lost.pop(uuid, None)
