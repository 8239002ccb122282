"""A whole reading; the GPU is faked at the interface of NVIDIA's library."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pynvml
import pytest
from support_nvml import Card, FakeNvml
from support_torch import FakeCuda, FakeGpu, fake_torch

from coursekit import machine
from coursekit.machine import loaded
from coursekit.machine.reader import UNWATCHED, Reader, reader

if TYPE_CHECKING:
    from tests.machine.conftest import Clock

Install = Callable[..., FakeNvml]


def test_without_a_gpu_processor_memory_and_disk_are_there() -> None:
    reading = Reader().read()
    assert reading.gpus == ()
    assert reading.trouble == ()
    assert reading.host.memory_total > reading.host.memory_used > 0
    assert (reading.driver, reading.cuda, reading.accelerator.kind) == (None, None, "none")


def test_a_faked_gpu_its_share_and_its_driver_are_there(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Card()
    install(card)
    torch = fake_torch(FakeCuda(FakeGpu(str(card.uuid).removeprefix("GPU-"), 7)))
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    reading = Reader().read()
    assert reading.gpus[0].ours == 7
    assert (reading.driver, reading.cuda) == ("550.54.15", "12.4")
    assert reading.accelerator.kind == "CUDA"


@pytest.mark.parametrize(
    "code",
    [
        pynvml.NVML_ERROR_LIBRARY_NOT_FOUND,
        pynvml.NVML_ERROR_DRIVER_NOT_LOADED,
        pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH,
        pynvml.NVML_ERROR_NO_PERMISSION,
        pynvml.NVML_ERROR_GPU_NOT_FOUND,
        pynvml.NVML_ERROR_UNKNOWN,
    ],
)
def test_whatever_the_faked_driver_fails_with_processor_and_memory_are_still_said(
    install: Install, code: int
) -> None:
    install(Card(), init=code)
    reading = Reader().read()
    said = str(reading)
    assert "Processor: " in said
    assert "Memory: " in said
    assert "Error" not in said.replace("(Unknown Error)", "")
    assert all(sentence.endswith(".") and sentence in said for sentence in reading.trouble)


def test_the_time_that_a_faked_gpu_rests_is_counted(install: Install, clock: Clock) -> None:
    card = Card(percent=0)
    install(card)
    it = Reader(clock)
    for seconds in (0, 1, 2):
        assert it.read().gpus[0].idle == seconds
        clock.now += 1
    card.percent = 80
    assert it.read().gpus[0].idle == 0
    card.percent = 1  # as much as a desktop takes
    clock.now += 5
    assert it.read().gpus[0].idle == 5


def test_while_nobody_looked_a_faked_gpu_may_have_worked(install: Install, clock: Clock) -> None:
    install(Card(percent=0))
    it = Reader(clock)
    it.read()
    clock.now += UNWATCHED + 1
    assert it.read().gpus[0].idle == 0


def test_pytorch_is_asked_again_once_it_is_loaded_faked_gpu(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(Card())
    it = Reader()
    assert not it.read().accelerator.loaded
    torch = fake_torch(FakeCuda(FakeGpu("0e3d2f6a-1c7b-4a5e-9d11-77c3a1b0c001", 0)))
    monkeypatch.setattr(loaded, "torch", lambda: torch)
    assert it.read().accelerator.loaded
    torch.cuda.is_available = lambda: pytest.fail("asked with each reading")
    it.read()


def test_threads_that_read_at_once_open_the_faked_gpus_library_once(install: Install) -> None:
    fake = install(Card())
    it = Reader()
    threads = [threading.Thread(target=it.read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fake.calls.count("nvmlInit") == 1


def test_status_is_a_reading_of_the_one_reader_of_this_process() -> None:
    assert machine.status().host.cores > 0
    assert reader() is reader()
