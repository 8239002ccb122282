"""What is said of PyTorch and a GPU; the GPU's facts are made up where the name says so."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from support_doctor import only
from support_torch import fake_torch

from coursekit.app.doctor.finding import Finding
from coursekit.app.doctor.graphics import on_the_gpu
from coursekit.app.doctor.outside import ask
from coursekit.machine import loaded
from coursekit.machine.accelerator import HIDING, accelerator
from coursekit.machine.readings import Gpu

CPU: dict[str, Any] = {
    "version": "2.14.1",
    "cuda": "13.0",
    "hip": None,
    "device": "cpu",
    "computed": True,
    "warnings": [],
    "why_not": "",
    "gpus": [],
    "driver": None,
    "driver_cuda": None,
    "trouble": [],
}
T4 = CPU | {"gpus": ["Tesla T4"], "driver": "580.65", "driver_cuda": "13.0"}
ON_IT = T4 | {"device": "cuda", "capability": [7, 5], "archs": ["sm_80", "sm_90"]}

TORCH = """
class version: cuda, hip, __version__ = "13.0", None, "2.14.1"
__version__ = version.__version__
class backends:
    class mps: is_available = staticmethod(lambda: False)
class cuda:
    is_available = staticmethod(lambda: True)
    is_initialized = staticmethod(lambda: True)
    device_count = staticmethod(lambda: 1)
    get_device_capability = staticmethod(lambda _: (7, 5))
    get_arch_list = staticmethod(lambda: ["sm_80"])
def ones(*size, device):
    import warnings
    warnings.warn("CUDA is old")
    raise RuntimeError("CUDA error: no kernel image is available\\nfor execution")
"""


@pytest.fixture(autouse=True)
def nothing_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in HIDING.values():
        monkeypatch.delenv(name, raising=False)


def said(facts: dict[str, Any], **environ: str) -> Finding:
    with patch.dict(os.environ, environ):
        return only(on_the_gpu(facts))


@pytest.fixture
def why(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Why a PyTorch of this build does not use a GPU, in the machine's words."""

    def of(version: str, built: str | None, driver: str = "13.0") -> str:
        torch = fake_torch(version=version, built=built)
        monkeypatch.setattr(loaded, "torch", lambda: torch)
        return accelerator([Gpu(0, "Tesla T4", "NVIDIA")], driver).why

    return of


def test_without_a_gpu_the_cpu_is_fine() -> None:
    found = said(CPU)
    assert found.state == "fine"
    assert "the course needs none" in found.says


def test_faked_gpu_that_computes_is_fine() -> None:
    found = said(ON_IT)
    assert found.state == "fine"
    assert found.says == (
        "PyTorch 2.14.1 computes on Tesla T4 (driver 580.65 for CUDA up to 13.0; PyTorch is built "
        "for CUDA 13.0)."
    )


def test_faked_gpu_and_a_build_for_cpus_is_worth_knowing(
    why: Callable[..., str],
) -> None:
    facts = {**T4, "cuda": None, "why_not": why("2.14.1+cpu", None)}
    found = said(facts)
    assert found.state == "worth knowing"
    assert found.says.startswith("Tesla T4 is not used. PyTorch 2.14.1+cpu was built without CUDA")
    assert found.remedy == "Install the build for CUDA that pytorch.org shows."


def test_faked_gpu_whose_driver_is_too_old_for_the_build_is_broken(
    why: Callable[..., str],
) -> None:
    found = said({**T4, "why_not": why("2.14.1", "13.0", "11.4"), "warnings": ["Too old."]})
    assert found.state == "broken"
    assert found.says == (
        "Tesla T4 is not used. PyTorch 2.14.1 was built for CUDA 13.0, and the driver runs 11.4 at "
        "most. Too old."
    )
    assert found.remedy.startswith("Update NVIDIA's driver")


def test_faked_gpu_that_a_variable_hides_is_worth_knowing(
    monkeypatch: pytest.MonkeyPatch, why: Callable[..., str]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    facts = {**T4, "why_not": why("2.14.1", "13.0")}
    found = said(facts, CUDA_VISIBLE_DEVICES="")
    assert found.state == "worth knowing"
    assert "CUDA_VISIBLE_DEVICES hides the GPU" in found.says
    assert said(facts, CUDA_VISIBLE_DEVICES="0").state == "broken"


def test_faked_gpu_without_code_in_this_build_is_broken() -> None:
    no_image = "CUDA error: no kernel image is available for execution on the device"
    found = said({**ON_IT, "computed": False, "why": no_image})
    assert "has no code for Tesla T4 (it is sm_75; there is code for sm_80, sm_90)" in found.says
    assert "another CUDA version" in found.remedy


def test_faked_gpu_that_computes_something_wrong_is_broken() -> None:
    found = said({**ON_IT, "computed": False})
    assert found.state == "broken"
    assert "(the result is wrong)" in found.says


def test_faked_gpu_of_a_mac_is_fine() -> None:
    found = said({**CPU, "cuda": None, "device": "mps"})
    assert found.says == "PyTorch 2.14.1 computes on a GPU (mps)."


def test_faked_gpu_without_a_driver_is_said_in_the_machines_words() -> None:
    note = "This machine has an NVIDIA GPU, but no driver for it."
    cpu, driver = on_the_gpu({**CPU, "trouble": [note]})
    assert cpu.says == "PyTorch 2.14.1 computes on the CPU."
    assert (driver.state, driver.says) == ("worth knowing", note)


def test_faked_gpu_that_fails_in_pytorch_itself_is_told_with_its_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script that asks PyTorch, with a PyTorch whose GPU it has no code for."""
    (tmp_path / "torch.py").write_text(TORCH)
    monkeypatch.syspath_prepend(str(tmp_path))
    facts = ask("torch_facts", 60).value
    assert facts["computed"] is False
    assert facts["warnings"] == ["CUDA is old"]
    assert "has no code for a GPU (cuda) (it is sm_75" in said(facts).says
