"""What PyTorch can use and why not; PyTorch and GPUs are faked, its files are written here."""

from __future__ import annotations

import importlib.machinery
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from support_torch import FakeCuda, FakeGpu, Nothing, fake_torch

from coursekit.machine import accelerator as module
from coursekit.machine import loaded
from coursekit.machine.accelerator import accelerator
from coursekit.machine.readings import Gpu

NVIDIA = Gpu(0, "Tesla T4", "NVIDIA")
AMD = Gpu(0, "AMD GPU", "AMD")
UUID = "0e3d2f6a-1c7b-4a5e-9d11-77c3a1b0c001"
YES = SimpleNamespace(is_available=lambda: True)


def on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, **builds: str) -> None:
    """A PyTorch that is installed and not loaded, with its file version.py."""
    said = {"cuda": None, "hip": None, "xpu": None} | builds
    lines = [f"{name}: Optional[str] = {value!r}" for name, value in said.items()]
    text = "\n".join(["from typing import Optional", f"__version__ = '{version}'", *lines, ""])
    (tmp_path / "version.py").write_text(text)
    spec = importlib.machinery.ModuleSpec("torch", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: spec)


def loads(monkeypatch: pytest.MonkeyPatch, torch: object) -> None:
    monkeypatch.setattr(loaded, "torch", lambda: torch)


@pytest.mark.parametrize(
    ("torch", "kind"),
    [
        (fake_torch(FakeCuda(FakeGpu(UUID, 0))), "CUDA"),
        (fake_torch(FakeCuda(FakeGpu(UUID, 0)), built=None, hip="6.3"), "ROCm"),
        (fake_torch(built=None, mps=YES), "MPS"),
        (fake_torch(built=None, xpu=YES), "XPU"),
        (fake_torch(), "none"),
    ],
)
def test_a_loaded_pytorch_with_a_faked_gpu_says_itself_what_it_uses(
    monkeypatch: pytest.MonkeyPatch, torch: object, kind: str
) -> None:
    loads(monkeypatch, torch)
    it = accelerator([], None)
    assert (it.kind, it.loaded, it.version) == (kind, True, "2.14.1+cu126")
    assert bool(it.why) == (kind == "none")


@pytest.mark.parametrize(
    ("version", "builds", "gpus", "cuda", "kind", "words"),
    [
        ("2.14.1+cu126", {"cuda": "12.6"}, [NVIDIA], "12.4", "CUDA", ""),
        ("2.14.1", {"cuda": "13.0"}, [NVIDIA], "13.1", "CUDA", ""),
        ("2.14.1+rocm6.4", {"hip": "6.4"}, [AMD], None, "ROCm", ""),
        ("2.14.1+xpu", {"xpu": "20250101"}, [], None, "XPU", ""),
        ("2.14.1+cpu", {}, [NVIDIA], "12.4", "none", "was built without CUDA"),
        ("2.14.1+cu130", {"cuda": "13.0"}, [NVIDIA], "12.4", "none", "driver runs 12.4 at most"),
        ("2.14.1", {"cuda": "13.0"}, [AMD], None, "none", "was built without ROCm"),
        ("2.14.1", {"cuda": "13.0"}, [], None, "none", "There is no GPU here"),
    ],
)
def test_a_pytorch_that_is_not_loaded_is_known_by_its_files_faked_gpu(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    builds: dict[str, str],
    gpus: list[Gpu],
    cuda: str | None,
    kind: str,
    words: str,
) -> None:
    on_disk(tmp_path, monkeypatch, version, **builds)
    it = accelerator(gpus, cuda)
    assert (it.kind, it.version, it.loaded) == (kind, version, False)
    assert words in it.why
    assert bool(it.why) == (kind == "none")


def test_the_installed_pytorch_is_read_without_loading_it() -> None:
    before = "torch" in sys.modules
    assert accelerator([], None).version
    assert ("torch" in sys.modules) == before


@pytest.mark.parametrize("found", [None, ValueError("torch.__spec__ is None")])
def test_without_pytorch_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, found: ValueError | None
) -> None:
    def find(_: str) -> None:
        if found:
            raise found

    monkeypatch.setattr(module.importlib.util, "find_spec", find)
    it = accelerator([NVIDIA], "12.4")
    assert (it.kind, it.version) == ("none", "")
    assert "pip install torch" in it.why


@pytest.mark.parametrize("value", ["", "-1"])
def test_a_faked_gpu_that_a_variable_hides_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    on_disk(tmp_path, monkeypatch, "2.14.1", cuda="12.6")
    assert "CUDA_VISIBLE_DEVICES hides the GPU" in accelerator([NVIDIA], "12.4").why
    loads(monkeypatch, fake_torch())
    assert "CUDA_VISIBLE_DEVICES hides the GPU" in accelerator([NVIDIA], "12.4").why


@pytest.mark.parametrize(
    ("gpus", "torch", "words"),
    [
        ([NVIDIA], fake_torch(), "Restart the machine"),
        ([AMD], fake_torch(built=None, hip="6.4"), "groups render and video"),
    ],
)
def test_a_faked_gpu_that_pytorch_cannot_reach_has_a_remedy(
    monkeypatch: pytest.MonkeyPatch, gpus: list[Gpu], torch: object, words: str
) -> None:
    loads(monkeypatch, torch)
    assert words in accelerator(gpus, "12.6").why


def test_on_a_faked_mac_pytorch_uses_apples_own_processors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk(tmp_path, monkeypatch, "2.14.1")
    monkeypatch.setattr(module.sys, "platform", "darwin")
    monkeypatch.setattr(module.platform, "machine", lambda: "arm64")
    assert accelerator([], None).kind == "MPS"
    monkeypatch.setattr(module.platform, "machine", lambda: "x86_64")
    assert "M1 and later" in accelerator([], None).why
    loads(monkeypatch, fake_torch(built=None, mps=Nothing()))
    assert "macOS 14" in accelerator([], None).why
