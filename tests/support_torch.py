"""PyTorch, faked at its interface: what it says of GPUs and of the memory that it holds there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID


class FakeGpu:
    """A device as PyTorch counts it, and the bytes that it has reserved and filled there."""

    def __init__(self, uuid: str, reserved: int, bus: int = 1, allocated: int = 0) -> None:
        self.reserved, self.allocated = reserved, allocated
        self.properties = SimpleNamespace(
            uuid=UUID(uuid), pci_domain_id=0, pci_bus_id=bus, pci_device_id=0
        )


class FakeCuda:
    """`torch.cuda`; before it is initialized it answers nothing that would claim memory."""

    def __init__(self, *gpus: FakeGpu, initialized: bool = True) -> None:
        self.gpus = gpus
        self.initialized = initialized

    def is_available(self) -> bool:
        return bool(self.gpus)

    def is_initialized(self) -> bool:
        return self.initialized

    def device_count(self) -> int:
        return len(self.gpus)

    def get_device_properties(self, device: int) -> Any:
        assert self.initialized
        return self.gpus[device].properties

    def memory_reserved(self, device: int) -> int:
        assert self.initialized
        return self.gpus[device].reserved

    def memory_allocated(self, device: int) -> int:
        assert self.initialized
        return self.gpus[device].allocated

    def empty_cache(self) -> None:
        for gpu in self.gpus:
            gpu.reserved = gpu.allocated


class Nothing:
    """`torch.backends.mps` or `torch.xpu` on a machine without it."""

    def is_available(self) -> bool:
        return False

    def is_initialized(self) -> bool:
        return False


def fake_torch(
    cuda: FakeCuda | None = None,
    version: str = "2.14.1+cu126",
    built: str | None = "12.6",
    hip: str | None = None,
    **more: Any,
) -> Any:
    """The module `torch` of a build for CUDA `built` or ROCm `hip`."""
    return SimpleNamespace(
        cuda=cuda or FakeCuda(),
        version=SimpleNamespace(__version__=version, cuda=built, hip=hip),
        backends=SimpleNamespace(mps=more.get("mps", Nothing())),
        **{"mps": None, "xpu": Nothing()} | more,
    )
