"""Apple's and Intel's GPUs, through PyTorch, which is faked at its interface."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from support_torch import fake_torch

from coursekit.machine import loaded, through_torch

GB = 2**30


class AppleGpu:
    """`torch.mps` and `torch.backends.mps` at once."""

    def is_available(self) -> bool:
        return True

    def recommended_max_memory(self) -> int:
        return 11 * GB

    def driver_allocated_memory(self) -> int:
        return 2 * GB


def test_without_pytorch_there_are_none() -> None:
    assert through_torch.read() == []


def test_a_faked_gpu_of_apples_has_what_macos_recommends(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = fake_torch(built=None, mps=AppleGpu())
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    (gpu,) = through_torch.read()
    assert (gpu.name, gpu.memory_total, gpu.ours) == ("Apple GPU", 11 * GB, 2 * GB)
    assert (gpu.memory_used, gpu.memory_free) == (None, None)


def test_a_faked_gpu_of_intels_is_asked_once_it_is_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    in_use = [False]
    xpu = SimpleNamespace(
        is_available=lambda: True,
        is_initialized=lambda: in_use[0],
        device_count=lambda: 1,
        mem_get_info=lambda _: (12 * GB, 16 * GB),
        get_device_name=lambda _: "Intel Arc A770",
        memory_reserved=lambda _: GB,
    )
    monkeypatch.setattr(loaded, "torch", lambda: fake_torch(built=None, xpu=xpu))
    assert through_torch.read() == []
    in_use[0] = True
    (gpu,) = through_torch.read()
    assert (gpu.name, gpu.memory_used, gpu.memory_total) == ("Intel Arc A770", 4 * GB, 16 * GB)
    assert gpu.ours == GB
