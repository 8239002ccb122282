"""What is said of PyTorch's build against a driver; where NVML or a GPU is made up, so it says."""

from __future__ import annotations

from typing import Any

import pytest
from support_doctor import only

from coursekit.app.doctor.finding import Finding
from coursekit.app.doctor.graphics import Driver, driver_of_here, on_the_gpu

CPU: dict[str, Any] = {
    "version": "2.14.1",
    "cuda": "13.0",
    "hip": None,
    "device": "cpu",
    "computed": True,
    "warnings": [],
}
GPU = {**CPU, "device": "cuda", "name": "Tesla T4", "capability": [7, 5], "archs": ["sm_80"]}
T4 = Driver("580.65", "13.0", ("Tesla T4",))


def said(facts: dict[str, Any], driver: Driver, **environ: str) -> Finding:
    return only(on_the_gpu(facts, driver, environ))


def test_without_a_gpu_the_cpu_is_fine() -> None:
    found = said(CPU, Driver())
    assert found.state == "fine"
    assert "the course needs none" in found.says


def test_this_machines_driver_is_asked_and_fits_what_pytorch_says() -> None:
    import torch

    assert bool(driver_of_here().gpus) == bool(torch.cuda.is_available())


def test_faked_gpu_that_computes_is_fine() -> None:
    found = said(GPU, T4)
    assert found.state == "fine"
    assert "computes on Tesla T4 (driver 580.65 runs CUDA 13.0 and older" in found.says


def test_faked_gpu_and_a_build_for_cpus_is_worth_knowing() -> None:
    found = said({**CPU, "cuda": None, "version": "2.14.1+cpu"}, T4)
    assert found.state == "worth knowing"
    assert "PyTorch 2.14.1+cpu is built for CPUs, so that Tesla T4 lies idle." in found.says
    assert "CUDA 13.0 or older" in found.remedy


def test_faked_gpu_and_a_build_for_amd_is_worth_knowing() -> None:
    assert "ROCm" in said({**CPU, "cuda": None, "hip": "6.3"}, T4).says


def test_faked_gpu_whose_driver_is_too_old_for_the_build_is_broken() -> None:
    found = said(CPU, Driver("470.57", "11.4", ("Tesla T4",)))
    assert found.state == "broken"
    assert "driver 470.57 runs CUDA 11.4 and older; PyTorch is built for CUDA 13.0" in found.says
    assert "Install a newer driver" in found.remedy


def test_faked_gpu_with_a_driver_of_the_same_cuda_major_is_not_called_too_old() -> None:
    found = said({**GPU, "cuda": "12.8"}, Driver("525.1", "12.0", ("Tesla T4",)))
    assert found.state == "fine"


def test_faked_gpu_that_a_variable_hides_is_worth_knowing() -> None:
    found = said(CPU, T4, CUDA_VISIBLE_DEVICES="")
    assert found.state == "worth knowing"
    assert 'CUDA_VISIBLE_DEVICES is ""' in found.says


def test_faked_gpu_that_is_not_reached_says_pytorchs_own_words() -> None:
    found = said({**CPU, "warnings": ["CUDA unknown error"]}, T4)
    assert found.state == "broken"
    assert "(CUDA unknown error)" in found.says


def test_faked_gpu_without_code_in_this_build_is_broken() -> None:
    why = "CUDA error: no kernel image is available for execution on the device"
    found = said({**GPU, "computed": False, "why": why}, T4)
    assert "has no code for Tesla T4 (it is sm_75; there is code for sm_80)" in found.says
    assert "CUDA_VISIBLE_DEVICES" in found.remedy


def test_faked_gpu_that_computes_something_wrong_is_broken() -> None:
    found = said({**GPU, "computed": False}, T4)
    assert (found.state, "the result is wrong" in found.says) == ("broken", True)


def test_faked_gpu_of_a_mac_is_fine() -> None:
    found = said({**CPU, "cuda": None, "device": "mps"}, Driver())
    assert found.says == "PyTorch 2.14.1 computes on this Mac's GPU."


@pytest.mark.parametrize("note", ["This machine has an NVIDIA GPU, but no driver for it. Get one."])
def test_faked_gpu_without_a_driver_is_said_in_the_machines_words(note: str) -> None:
    cpu, driver = on_the_gpu(CPU, Driver(notes=(note,)), {})
    assert cpu.says == "PyTorch 2.14.1 computes on the CPU."
    assert (driver.state, driver.says) == ("worth knowing", note)
