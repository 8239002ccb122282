"""One GPU at a time through NVML, the library of NVIDIA's driver (Python package nvidia-ml-py)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from coursekit.machine import reasons
from coursekit.machine.readings import Gpu

UNNAMED = "NVIDIA GPU"

NEVER = {reasons.NOT_SUPPORTED, reasons.NO_PERMISSION, reasons.FUNCTION_NOT_FOUND}
"""Errors that mean that a question has no answer on this GPU, now or later."""

GONE = {
    reasons.UNINITIALIZED,
    reasons.DRIVER_NOT_LOADED,
    reasons.GPU_IS_LOST,
    reasons.RESET_REQUIRED,
    reasons.VERSION_MISMATCH,
}
"""Errors that mean that the GPU no longer answers, whatever was asked."""


class Lost(Exception):
    """A GPU that no longer answers; `code` is NVML's number for why."""

    def __init__(self, code: int) -> None:
        super().__init__(f"NVML says {code}")
        self.code = code


def library() -> Any:
    """NVML's Python module; None where NVIDIA's driver, which brings the library, is missing.

    The driver is looked for first: importing the module takes 60 ms and 17 MB.

    Raises:
        ImportError: The driver is there, but not the Python package.
    """
    if not has_driver():
        return None
    import pynvml

    return pynvml


def has_driver() -> bool:
    """Whether the driver's library can be loaded; where that is not a quick test, True."""
    if sys.platform == "darwin":
        return False
    if sys.platform != "linux":
        return True
    import ctypes

    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return False
    return True


@dataclass
class Device:
    """A GPU, or a part of one, as NVML knows it."""

    nvml: Any
    handle: Any
    index: int
    name: str = UNNAMED
    uuid: str = ""
    mig: bool = False
    power_limit: float | None = None
    silent: set[str] = field(default_factory=set)

    def read(self) -> Gpu:
        """What it says now, in four questions.

        Raises:
            Lost: It does not answer.
        """
        memory = self.ask("nvmlDeviceGetMemoryInfo", vital=True)
        rates = self.ask("nvmlDeviceGetUtilizationRates")
        power = self.ask("nvmlDeviceGetPowerUsage")
        return Gpu(
            index=self.index,
            name=self.name,
            maker="NVIDIA",
            memory_used=memory.used if memory else None,
            memory_total=memory.total if memory else None,
            busy=rates.gpu / 100 if rates else None,
            temperature=self.ask("nvmlDeviceGetTemperature", self.nvml.NVML_TEMPERATURE_GPU),
            power=power / 1000 if power is not None else None,
            power_limit=self.power_limit,
            mig=self.mig,
            uuid=self.uuid,
        )

    def ask(self, question: str, *more: object, vital: bool = False) -> Any:
        """The answer to one of NVML's questions; None where the GPU has none.

        Args:
            question: The function's name.
            more: What it takes besides the GPU.
            vital: Whether a GPU that fails here is lost.

        Raises:
            Lost: It does not answer.
        """
        if question in self.silent:
            return None
        try:
            return getattr(self.nvml, question)(self.handle, *more)
        except UnicodeDecodeError:  # some drivers give WSL names that are no text
            return None
        except self.nvml.NVMLError as error:
            if error.value in NEVER:
                self.silent.add(question)
            elif vital or error.value in GONE:
                raise Lost(error.value) from error
            return None


def text(said: str | bytes | None) -> str:
    """A name as text; older versions of the package give bytes."""
    return said.decode(errors="replace") if isinstance(said, bytes) else said or ""


def devices(nvml: Any, index: int) -> list[Device]:
    """The GPU at `index`, or the parts that it is divided into, in their order.

    Raises:
        Lost: It does not answer.
        NVMLError: It cannot be opened.
    """
    whole = _device(nvml, nvml.nvmlDeviceGetHandleByIndex(index), index)
    mode = whole.ask("nvmlDeviceGetMigMode")
    return list(_parts(whole)) if mode and mode[0] == nvml.NVML_DEVICE_MIG_ENABLE else [whole]


def _device(nvml: Any, handle: Any, index: int, mig: bool = False) -> Device:
    it = Device(nvml, handle, index, mig=mig)
    it.name = text(it.ask("nvmlDeviceGetName")) or UNNAMED
    it.uuid = text(it.ask("nvmlDeviceGetUUID")) or f"GPU {index}"
    limit = it.ask("nvmlDeviceGetEnforcedPowerLimit")
    it.power_limit = limit / 1000 if limit else None
    return it


def _parts(whole: Device) -> Iterator[Device]:
    """The parts of a divided GPU that may be used from here."""
    nvml = whole.nvml
    for number in range(whole.ask("nvmlDeviceGetMaxMigDeviceCount") or 0):
        try:
            handle = nvml.nvmlDeviceGetMigDeviceHandleByIndex(whole.handle, number)
        except nvml.NVMLError:  # no part has this number
            continue
        yield _device(nvml, handle, whole.index, mig=True)
