"""This process's share of each GPU's memory; PyTorch is faked at its interface."""

from __future__ import annotations

import pytest
import torch
from support_torch import FakeCuda, FakeGpu, fake_torch

from coursekit.machine import loaded
from coursekit.machine.readings import Gpu
from coursekit.machine.share import with_share

ONE, TWO = "0e3d2f6a-1c7b-4a5e-9d11-77c3a1b0c001", "5b7c9a10-93de-4b51-8a44-2f6f0c1d0002"
GPUS = [
    Gpu(0, "Tesla T4", "NVIDIA", uuid=f"GPU-{ONE}"),
    Gpu(1, "Tesla T4", "NVIDIA", uuid=f"GPU-{TWO}"),
]


def test_without_pytorch_nothing_is_known() -> None:
    assert [gpu.ours for gpu in with_share(GPUS)] == [None, None]


def test_faked_gpus_are_told_apart_by_uuid_not_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = fake_torch(FakeCuda(FakeGpu(TWO, 700), FakeGpu(ONE, 300)))
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    assert [gpu.ours for gpu in with_share(GPUS)] == [300, 700]


def test_a_faked_gpu_that_is_hidden_from_pytorch_holds_nothing_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = fake_torch(FakeCuda(FakeGpu(TWO, 700)))
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    assert [gpu.ours for gpu in with_share(GPUS)] == [0, 700]


def test_a_part_of_a_divided_faked_gpu_has_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = fake_torch(FakeCuda(FakeGpu(ONE, 700)))
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    parts = [Gpu(0, "MIG", "NVIDIA", mig=True, uuid=f"MIG-{it}") for it in (TWO, ONE)]
    assert [gpu.ours for gpu in with_share(parts)] == [0, 700]


def test_a_faked_amd_gpu_is_known_by_its_place_on_the_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = fake_torch(FakeCuda(FakeGpu(ONE, 1, bus=0x2D), FakeGpu(TWO, 2, bus=0x03)))
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    gpus = [
        Gpu(index, "AMD GPU", "AMD", uuid=f"0000:{bus}:00.0")
        for index, bus in enumerate(("03", "2d"))
    ]
    assert [gpu.ours for gpu in with_share(gpus)] == [2, 1]


def test_a_pytorch_that_did_nothing_on_a_faked_gpu_yet_is_not_made_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = fake_torch(FakeCuda(FakeGpu(ONE, 5), initialized=False))
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    assert [gpu.ours for gpu in with_share(GPUS[:1])] == [0]


def test_a_faked_gpu_that_pytorch_lost_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(FakeCuda):
        def get_device_properties(self, device: int) -> None:
            raise RuntimeError("CUDA error: device not ready")

    torch = fake_torch(Gone(FakeGpu(ONE, 1), FakeGpu(TWO, 2)))
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    assert [gpu.ours for gpu in with_share(GPUS)] == [None, None]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_real_gpus_share_is_what_pytorch_reserved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    kept = torch.zeros(2**26, device="cuda")
    properties = torch.cuda.get_device_properties(kept.device)
    here = Gpu(0, "here", "NVIDIA", uuid=f"GPU-{properties.uuid}")
    shares = with_share([here, GPUS[0]])
    assert [gpu.ours for gpu in shares] == [torch.cuda.memory_reserved(), 0]
