from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support_nvml import Card, FakeNvml

from coursekit.machine import amd, cgroup, loaded, nvml, reasons

Install = Callable[..., FakeNvml]


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a GPU and outside of any container, whatever this one is."""
    monkeypatch.setattr(nvml, "has_driver", lambda: False)
    monkeypatch.setattr(reasons, "ROOT", tmp_path)
    monkeypatch.setattr(reasons, "DEVICES", tmp_path / "pci")
    monkeypatch.setattr(reasons, "wsl", lambda: False)
    monkeypatch.setattr(amd, "CARDS", tmp_path / "drm")
    monkeypatch.setattr(cgroup, "ROOT", tmp_path / "cgroup")
    monkeypatch.setattr(cgroup, "OWN", tmp_path / "own")
    monkeypatch.setattr(loaded, "torch", lambda: None)
    hides = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "KUBERNETES_SERVICE_HOST")
    for name in hides:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts NVIDIA's library with these GPUs in the place of the machine's."""

    def put(*cards: Card, init: int = 0, cuda: int = 12040) -> FakeNvml:
        fake = FakeNvml(*cards, init=init, cuda=cuda)
        monkeypatch.setattr(nvml, "has_driver", lambda: True)
        monkeypatch.setitem(sys.modules, "pynvml", fake)
        return fake

    return put


class Clock:
    """A clock that only this test moves, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
