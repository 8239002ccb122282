"""GPU use, with NVIDIA's library faked at its interface."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pynvml
import pytest
from support_nvml import Card, FakeNvml

from coursekit.machine.idle import Seen
from coursekit.machine.watchdog.gpu import AGAIN, EVERY, GpuUse


def test_a_machine_without_a_gpu_has_none_in_use() -> None:
    assert GpuUse().look().at_work == ""


@pytest.mark.parametrize(("percent", "said"), [(3, ""), (10, "the GPU, 10% in use")])
def test_a_faked_gpu_counts_from_a_tenth_on(
    install: Callable[..., FakeNvml], percent: int, said: str
) -> None:
    install(Card(percent=0), Card(percent=percent, uuid="other"))
    assert GpuUse().look().at_work == said


def test_a_faked_gpu_is_asked_seldom_but_at_once_before_something_is_done(
    install: Callable[..., FakeNvml], clock: Any
) -> None:
    fake = install(Card(percent=0))
    use = GpuUse(clock)
    assert use.look().at_work == ""
    fake.cards[0].percent = 90
    clock.now += EVERY - 0.1
    assert use.look().at_work == ""
    assert use.look(soon=True).at_work == "the GPU, 90% in use"
    fake.cards[0].percent = 0
    clock.now += EVERY
    assert use.look().at_work == ""
    asked = [it for it in fake.calls if "Utilization" in it]
    assert (len(asked), fake.calls.count("nvmlInit")) == (3, 1)


def test_a_faked_gpu_that_is_lost_computes_nothing_and_is_looked_for_again(
    install: Callable[..., FakeNvml], clock: Any
) -> None:
    fake = install(Card(percent=90))
    use = GpuUse(clock)
    assert use.look().at_work
    fake.cards[0].errors["nvmlDeviceGetUtilizationRates"] = pynvml.NVML_ERROR_GPU_IS_LOST
    assert use.look(soon=True) == Seen()
    assert use.look(soon=True) == Seen()
    fake.cards[0].errors.clear()
    assert use.look(soon=True).at_work == "the GPU, 90% in use"


@pytest.mark.parametrize(
    "question", ["nvmlDeviceGetUtilizationRates", "nvmlDeviceGetHandleByIndex"]
)
def test_a_faked_gpu_that_is_lost_takes_no_other_out_of_sight(
    install: Callable[..., FakeNvml], question: str
) -> None:
    fake = install(Card(), Card(percent=90, uuid="other"))
    fake.cards[0].errors[question] = pynvml.NVML_ERROR_GPU_IS_LOST
    use = GpuUse()
    for _ in range(3):
        assert use.look(soon=True).at_work == "the GPU, 90% in use"
    fake.cards[0].errors.clear()
    fake.cards[0].percent, fake.cards[1].percent = 80, 0
    use.look(soon=True)
    assert use.look(soon=True).at_work == "the GPU, 80% in use"


@pytest.mark.parametrize(
    ("question", "code", "said"),
    [
        ("nvmlDeviceGetUtilizationRates", pynvml.NVML_ERROR_UNKNOWN, "does not answer"),
        ("nvmlDeviceGetUtilizationRates", pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH, "changed"),
        ("nvmlDeviceGetHandleByIndex", pynvml.NVML_ERROR_UNKNOWN, "does not answer"),
    ],
)
def test_of_a_faked_gpu_that_may_compute_but_cannot_be_asked_nothing_is_known(
    install: Callable[..., FakeNvml], question: str, code: int, said: str
) -> None:
    fake = install(Card(percent=100))
    use = GpuUse()
    fake.cards[0].errors[question] = code
    seen = use.look(soon=True)
    assert seen.at_work == ""
    assert said in seen.unknown
    assert use.look(soon=True).unknown == seen.unknown
    fake.cards[0].errors.clear()
    assert use.look(soon=True) == Seen("the GPU, 100% in use")


def test_a_faked_gpu_that_fails_is_not_opened_anew_every_time(
    install: Callable[..., FakeNvml], clock: Any
) -> None:
    fake = install(init=pynvml.NVML_ERROR_DRIVER_NOT_LOADED)
    use = GpuUse(clock)
    for _ in range(4):
        use.look()
        clock.now += AGAIN / 4
    assert fake.calls.count("nvmlInit") == 1
    use.look()
    assert fake.calls.count("nvmlInit") == 2


def test_a_faked_driver_that_was_changed_still_runs_what_it_ran(
    install: Callable[..., FakeNvml],
) -> None:
    install(Card(percent=100), init=pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH)
    assert "was changed" in GpuUse().look().unknown


def test_a_faked_driver_that_fails_is_tried_again(
    install: Callable[..., FakeNvml],
) -> None:
    fake = install(Card(percent=90), init=pynvml.NVML_ERROR_DRIVER_NOT_LOADED)
    use = GpuUse()
    assert use.look() == Seen()
    fake.init = 0
    assert use.look(soon=True).at_work == "the GPU, 90% in use"


def test_a_faked_part_of_a_gpu_that_does_not_say_is_no_error(
    install: Callable[..., FakeNvml],
) -> None:
    silent = {"nvmlDeviceGetUtilizationRates": pynvml.NVML_ERROR_NOT_SUPPORTED}
    install(Card(errors=silent))
    assert GpuUse().look() == Seen()


@pytest.fixture
def amds(tmp_path: Path) -> Path:
    """The folder of one of AMD's, which says nothing yet."""
    device = tmp_path / "drm" / "card0" / "device"
    device.mkdir(parents=True)
    (device / "vendor").write_text("0x1002\n")
    return device


def test_amds_gpus_count_too(amds: Path) -> None:
    (amds / "gpu_busy_percent").write_text("55\n")
    assert GpuUse().look().at_work == "the GPU, 55% in use"


def test_of_a_faked_gpu_of_amds_that_fails_nothing_is_known_until_it_answers(amds: Path) -> None:
    use, busy = GpuUse(), amds / "gpu_busy_percent"
    busy.symlink_to("/proc/self/mem")  # whose first page is an input/output error to read
    said = "Whether the GPU is in use can't be seen. AMD's driver does not answer."
    assert use.look() == Seen(unknown=said)
    busy.unlink()
    busy.write_text("55\n")
    assert use.look(soon=True) == Seen("the GPU, 55% in use")


def test_a_faked_gpu_of_amds_that_sleeps_computes_nothing(amds: Path) -> None:
    (amds / "gpu_busy_percent").symlink_to("/proc/self/mem")
    (amds / "power").mkdir()
    (amds / "power" / "runtime_status").write_text("suspended\n")
    assert GpuUse().look() == Seen()


def test_a_faked_gpu_of_amds_that_never_says_is_no_error(amds: Path) -> None:
    assert GpuUse().look() == Seen()
