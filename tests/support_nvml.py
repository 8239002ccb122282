"""NVIDIA's library, faked at the interface of its Python package.

Constants, errors and structures are those of the package itself; the functions answer in the
shapes that NVML answers in: bytes, percents, degrees, milliwatts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pynvml

MB = 2**20


@dataclass
class Card:
    """What a GPU would say; `errors` has NVML's code for each question that it fails."""

    name: str | bytes = "Tesla T4"
    uuid: str | bytes = "GPU-0e3d2f6a-1c7b-4a5e-9d11-77c3a1b0c001"
    total: int = 15360 * MB
    used: int = 11469 * MB
    percent: int = 37
    degrees: int = 54
    milliwatts: int = 68123
    limit: int = 70000
    parts: list[Card] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)


class FakeNvml(ModuleType):
    """The module `pynvml` of a machine with these GPUs; `calls` has the questions asked."""

    def __init__(self, *cards: Card, init: int = 0, cuda: int = 12040) -> None:
        super().__init__("pynvml")
        self.cards = list(cards)
        self.init = init
        self.cuda = cuda
        self.opened = 0
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("nvml"):
            raise AttributeError(f"the fake has no {name}")
        return getattr(pynvml, name)

    def _ask(self, question: str, card: Card) -> None:
        assert self.opened == 1
        self.calls.append(question)
        if code := card.errors.get(question) or card.errors.get("all"):
            raise pynvml.NVMLError(code)

    def nvmlInit(self) -> None:
        self.calls.append("nvmlInit")
        if self.init:
            raise pynvml.NVMLError(self.init)
        self.opened += 1

    def nvmlShutdown(self) -> None:
        if not self.opened:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_UNINITIALIZED)
        self.opened -= 1

    def nvmlSystemGetDriverVersion(self) -> str:
        return "550.54.15"

    def nvmlSystemGetCudaDriverVersion(self) -> int:
        return self.cuda

    def nvmlDeviceGetCount(self) -> int:
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Card:
        self._ask("nvmlDeviceGetHandleByIndex", self.cards[index])
        return self.cards[index]

    def nvmlDeviceGetName(self, card: Card) -> str | bytes:
        self._ask("nvmlDeviceGetName", card)
        if isinstance(card.name, str) and not card.name.isascii():
            card.name.encode("latin-1").decode()  # fails as it does in WSL
        return card.name

    def nvmlDeviceGetUUID(self, card: Card) -> str | bytes:
        self._ask("nvmlDeviceGetUUID", card)
        return card.uuid

    def nvmlDeviceGetMemoryInfo(self, card: Card) -> Any:
        self._ask("nvmlDeviceGetMemoryInfo", card)
        return pynvml.c_nvmlMemory_t(card.total, card.total - card.used, card.used)

    def nvmlDeviceGetUtilizationRates(self, card: Card) -> Any:
        self._ask("nvmlDeviceGetUtilizationRates", card)
        return pynvml.c_nvmlUtilization_t(card.percent, card.percent // 2)

    def nvmlDeviceGetTemperature(self, card: Card, sensor: int) -> int:
        assert sensor == pynvml.NVML_TEMPERATURE_GPU
        self._ask("nvmlDeviceGetTemperature", card)
        return card.degrees

    def nvmlDeviceGetPowerUsage(self, card: Card) -> int:
        self._ask("nvmlDeviceGetPowerUsage", card)
        return card.milliwatts

    def nvmlDeviceGetEnforcedPowerLimit(self, card: Card) -> int:
        self._ask("nvmlDeviceGetEnforcedPowerLimit", card)
        return card.limit

    def nvmlDeviceGetMigMode(self, card: Card) -> list[int]:
        self._ask("nvmlDeviceGetMigMode", card)
        return [int(bool(card.parts)), int(bool(card.parts))]

    def nvmlDeviceGetMaxMigDeviceCount(self, card: Card) -> int:
        self._ask("nvmlDeviceGetMaxMigDeviceCount", card)
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, card: Card, number: int) -> Card:
        self._ask("nvmlDeviceGetMigDeviceHandleByIndex", card)
        if number >= len(card.parts):
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_FOUND)
        return card.parts[number]
