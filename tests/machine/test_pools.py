"""What PyTorch has taken from GPUs; it is faked at its interface."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from support_torch import FakeCuda, FakeGpu, fake_torch

from coursekit.machine import loaded, pools

ONE, TWO = "0e3d2f6a-1c7b-4a5e-9d11-77c3a1b0c001", "5b7c9a10-93de-4b51-8a44-2f6f0c1d0002"


def test_without_pytorch_there_is_nothing_to_give_back() -> None:
    pools.empty()
    assert (pools.reserved(), pools.allocated()) == (0, 0)


def test_all_faked_gpus_count_and_give_back(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = FakeCuda(FakeGpu(ONE, 700, allocated=300), FakeGpu(TWO, 50, allocated=20))
    monkeypatch.setattr(loaded, "torch", lambda: fake_torch(cuda))
    assert (pools.reserved(), pools.allocated()) == (750, 320)
    pools.empty()
    assert pools.reserved() == 320


def test_a_faked_gpu_that_was_not_used_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = FakeCuda(FakeGpu(ONE, 700), initialized=False)
    monkeypatch.setattr(loaded, "torch", lambda: fake_torch(cuda))
    pools.empty()
    assert (pools.reserved(), pools.allocated()) == (0, 0)


def test_a_faked_gpu_of_apples_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied: list[bool] = []
    mps = SimpleNamespace(
        is_available=lambda: True,
        driver_allocated_memory=lambda: 900,
        current_allocated_memory=lambda: 400,
        empty_cache=lambda: emptied.append(True),
    )
    monkeypatch.setattr(loaded, "torch", lambda: fake_torch(built=None, mps=mps))
    assert (pools.reserved(), pools.allocated()) == (900, 400)
    pools.empty()
    assert emptied
