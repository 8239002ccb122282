"""NVIDIA's GPUs and its driver's troubles; the library is faked at its own interface."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pynvml
import pytest
from support_nvml import MB, Card, FakeNvml

from coursekit.machine import nvml, reasons
from coursekit.machine.nvidia import RETRY, Nvidia

if TYPE_CHECKING:
    from tests.machine.conftest import Clock

Install = Callable[..., FakeNvml]
OTHER = "GPU-5b7c9a10-93de-4b51-8a44-2f6f0c1d0002"


def test_every_figure_of_a_faked_gpu_has_its_unit(install: Install) -> None:
    install(Card())
    nvidia = Nvidia()
    (gpu,), trouble = nvidia.read()
    assert (gpu.index, gpu.name, gpu.maker, gpu.mig) == (0, "Tesla T4", "NVIDIA", False)
    assert (gpu.memory_used, gpu.memory_total) == (11469 * MB, 15360 * MB)
    assert gpu.memory_free == 3891 * MB
    assert gpu.busy == pytest.approx(0.37)
    assert (gpu.temperature, gpu.power, gpu.power_limit) == (54, 68.123, 70.0)
    assert (nvidia.driver, nvidia.cuda) == ("550.54.15", "12.4")
    assert trouble == []


def test_the_name_of_a_faked_gpu_may_be_bytes(install: Install) -> None:
    install(Card(name=b"Tesla K80", uuid=b"GPU-1"))
    (gpu,), _ = Nvidia().read()
    assert (gpu.name, gpu.uuid) == ("Tesla K80", "GPU-1")


def test_a_name_that_is_no_text_does_no_harm_faked_gpu(install: Install) -> None:
    install(Card(name="\xf8\x90"))
    (gpu,), trouble = Nvidia().read()
    assert (gpu.name, gpu.busy, trouble) == ("NVIDIA GPU", 0.37, [])


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("nvmlDeviceGetMemoryInfo", "memory_used"),
        ("nvmlDeviceGetMemoryInfo", "memory_total"),
        ("nvmlDeviceGetMemoryInfo", "memory_free"),
        ("nvmlDeviceGetUtilizationRates", "busy"),
        ("nvmlDeviceGetTemperature", "temperature"),
        ("nvmlDeviceGetPowerUsage", "power"),
        ("nvmlDeviceGetEnforcedPowerLimit", "power_limit"),
    ],
)
@pytest.mark.parametrize(
    "code", [pynvml.NVML_ERROR_NOT_SUPPORTED, pynvml.NVML_ERROR_FUNCTION_NOT_FOUND]
)
def test_what_a_faked_gpu_does_not_support_is_none_and_asked_once(
    install: Install, question: str, field: str, code: int
) -> None:
    fake = install(Card(errors={question: code}))
    nvidia = Nvidia()
    for _ in range(3):
        (gpu,), trouble = nvidia.read()
        assert getattr(gpu, field) is None
        assert trouble == []
    assert fake.calls.count(question) == 1


def test_a_passing_error_of_a_faked_gpu_is_a_gap_of_one_reading(install: Install) -> None:
    card = Card(errors={"nvmlDeviceGetPowerUsage": pynvml.NVML_ERROR_UNKNOWN})
    install(card)
    nvidia = Nvidia()
    assert nvidia.read()[0][0].power is None
    card.errors.clear()
    assert nvidia.read()[0][0].power == 68.123


def test_a_reading_of_a_faked_gpu_asks_four_questions(install: Install) -> None:
    fake = install(Card())
    nvidia = Nvidia()
    nvidia.read()
    fake.calls.clear()
    nvidia.read()
    assert len(fake.calls) == 4


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (pynvml.NVML_ERROR_DRIVER_NOT_LOADED, "it is not running. Restart the machine"),
        (pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "no longer fit together. Restart"),
        (pynvml.NVML_ERROR_NO_PERMISSION, "may not ask NVIDIA's driver"),
        (pynvml.NVML_ERROR_GPU_NOT_FOUND, "shows no GPU"),
        (pynvml.NVML_ERROR_UNKNOWN, "did not answer (Unknown Error)"),
        (pynvml.NVML_ERROR_NOT_READY, "did not answer (NVML Error with code 27)"),
    ],
)
def test_a_driver_that_fails_is_one_sentence_faked_gpu(
    install: Install, code: int, words: str
) -> None:
    install(Card(), init=code)
    gpus, (said,) = Nvidia().read()
    assert gpus == []
    assert words in said


def test_a_driver_without_a_gpu_says_so_faked_gpu(install: Install) -> None:
    install()
    assert Nvidia().read() == ([], [reasons.NO_DEVICE])


def test_a_driver_that_comes_later_is_found_faked_gpu(install: Install, clock: Clock) -> None:
    fake = install(Card(), init=pynvml.NVML_ERROR_DRIVER_NOT_LOADED)
    nvidia = Nvidia(clock)
    nvidia.read()
    fake.init = 0
    nvidia.read()
    assert fake.calls == ["nvmlInit"]  # not with each reading
    clock.now += RETRY
    gpus, trouble = nvidia.read()
    assert (len(gpus), trouble) == (1, [])


def test_one_of_two_faked_gpus_falls_off_the_bus_and_the_other_goes_on(
    install: Install, clock: Clock
) -> None:
    lost, well = Card(), Card(uuid=OTHER, name="NVIDIA A10")
    fake = install(lost, well)
    nvidia = Nvidia(clock)
    assert len(nvidia.read()[0]) == 2
    lost.errors["all"] = pynvml.NVML_ERROR_GPU_IS_LOST
    for _ in range(3):
        (gpu,), (said,) = nvidia.read()
        assert gpu.uuid == OTHER
        assert said.startswith("GPU 0 (Tesla T4) stopped answering. Save your work")
        clock.now += 1
    assert fake.calls.count("nvmlInit") == 2  # once anew, then at times only

    lost.errors.clear()
    clock.now += RETRY
    gpus, trouble = nvidia.read()
    assert [gpu.index for gpu in gpus] == [0, 1]
    assert trouble == []


def test_a_lost_faked_gpu_that_is_no_longer_counted_is_still_named(install: Install) -> None:
    lost, well = Card(), Card(uuid=OTHER)
    fake = install(lost, well)
    nvidia = Nvidia()
    nvidia.read()
    lost.errors["nvmlDeviceGetMemoryInfo"] = pynvml.NVML_ERROR_UNKNOWN
    nvidia.read()
    fake.cards = [well]
    (gpu,), (said,) = nvidia.read()
    assert gpu.uuid == OTHER
    assert "stopped answering" in said


def test_a_faked_gpu_lost_before_the_first_reading_is_named(install: Install) -> None:
    card = Card(errors={"nvmlDeviceGetHandleByIndex": pynvml.NVML_ERROR_GPU_IS_LOST})
    install(card, Card(uuid=OTHER))
    (gpu,), (said,) = Nvidia().read()
    assert gpu.index == 1
    assert said.startswith("GPU 0 (NVIDIA GPU) stopped answering")


def test_a_driver_that_is_changed_while_it_is_read_faked_gpu(install: Install) -> None:
    card = Card()
    fake = install(card)
    nvidia = Nvidia()
    nvidia.read()
    card.errors["all"] = fake.init = pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH
    nvidia.read()
    gpus, said = nvidia.read()
    assert gpus == []
    assert said == [reasons.SENTENCES[pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH]]


def test_a_faked_gpu_that_is_forbidden_is_said_beside_the_others(install: Install) -> None:
    card = Card(errors={"nvmlDeviceGetHandleByIndex": pynvml.NVML_ERROR_NO_PERMISSION})
    install(Card(uuid=OTHER), card)
    gpus, (said,) = Nvidia().read()
    assert len(gpus) == 1
    assert said.startswith("GPU 1 may not be used from this account")


def test_parts_of_a_divided_faked_gpu_are_listed_without_their_load(install: Install) -> None:
    silent = {"nvmlDeviceGetUtilizationRates": pynvml.NVML_ERROR_NOT_SUPPORTED}
    part = Card(
        name="NVIDIA A100-SXM4-40GB MIG 1g.5gb", uuid="MIG-1", total=4864 * MB, errors=silent
    )
    forbidden = {"nvmlDeviceGetMemoryInfo": pynvml.NVML_ERROR_NO_PERMISSION}
    install(Card(parts=[part, Card(uuid="MIG-2", errors=silent)], errors=forbidden))
    gpus, (said,) = Nvidia().read()
    assert [(gpu.index, gpu.mig, gpu.uuid, gpu.busy) for gpu in gpus] == [
        (0, True, "MIG-1", None),
        (0, True, "MIG-2", None),
    ]
    assert gpus[0].memory_total == 4864 * MB
    assert "divided into parts (MIG)" in said


def test_a_divided_faked_gpu_without_a_part_for_us_says_so(install: Install) -> None:
    closed = {"nvmlDeviceGetMigDeviceHandleByIndex": pynvml.NVML_ERROR_NO_PERMISSION}
    install(Card(parts=[Card()], errors=closed))
    gpus, (said,) = Nvidia().read()
    assert gpus == []
    assert "none of them may be used" in said


def test_in_wsl_a_faked_gpu_is_read_and_what_differs_is_said(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(Card())
    monkeypatch.setattr(reasons, "wsl", lambda: True)
    gpus, said = Nvidia().read()
    assert len(gpus) == 1
    assert said == [reasons.IN_WSL]


def test_without_a_driver_and_a_gpu_there_is_nothing_to_say() -> None:
    assert Nvidia().read() == ([], [])


def test_wsl_without_a_driver_says_where_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasons, "wsl", lambda: True)
    _, (said,) = Nvidia().read()
    assert "in Windows, not in Linux" in said


def a_card_on_the_bus(tmp_path: Path) -> None:
    for name, kind in (("0000:00:1f.3", "0x040300"), ("0000:01:00.0", "0x030200")):
        device = tmp_path / "pci" / name
        device.mkdir(parents=True)
        (device / "vendor").write_text("0x10de\n")
        (device / "class").write_text(f"{kind}\n")


def test_a_gpu_on_the_bus_without_a_driver_says_so(tmp_path: Path) -> None:
    a_card_on_the_bus(tmp_path)
    _, (said,) = Nvidia().read()
    assert said.startswith("This machine has an NVIDIA GPU, but no driver for it")


def test_a_container_that_was_started_without_the_gpu_says_so(tmp_path: Path) -> None:
    a_card_on_the_bus(tmp_path)
    (tmp_path / ".dockerenv").touch()
    _, (said,) = Nvidia().read()
    assert "--gpus all" in said


def test_a_pod_that_was_started_without_the_gpu_is_not_told_to_install_a_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_card_on_the_bus(tmp_path)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    _, (said,) = Nvidia().read()
    assert "ask whoever runs it for a GPU" in said


def test_without_the_python_package_it_is_named_faked_gpu(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install()
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert Nvidia().read() == ([], [reasons.NO_PACKAGE])


@pytest.mark.skipif(nvml.has_driver(), reason="has NVIDIA's driver")
def test_without_a_driver_its_python_package_is_not_loaded() -> None:
    code = (
        "import sys; from coursekit.machine.nvidia import Nvidia; Nvidia().read();"
        "print('pynvml' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.gpu
@pytest.mark.skipif(not nvml.has_driver(), reason="needs NVIDIA's driver")
def test_a_real_gpu_has_a_name_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvml, "has_driver", lambda: True)
    gpus, trouble = Nvidia().read()
    assert gpus, trouble
    for gpu in gpus:
        assert gpu.name
        assert gpu.memory_total is None or 0 <= (gpu.memory_used or 0) <= gpu.memory_total
