"""What the reminder goes by: files of the home, runs, GPUs, the price."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.core import activity, handing
from coursekit.machine import providers
from coursekit.machine.cost import set_rate
from coursekit.machine.providers.own import PC
from coursekit.machine.readings import Accelerator, Gpu, Host, Reading
from coursekit.panels.reminder.watching import EVERY, Watch, gpu_use, so_far

HOST = Host(2.0, 0.5, 10**9, 10**10, None, None, limited=False)


def reading(clock: float, *gpus: Gpu) -> Reading:
    return Reading(1e9, clock, gpus, HOST, Accelerator("none", "", False))


def busy(share: float | None) -> Gpu:
    return Gpu(0, "Tesla T4", "NVIDIA", busy=share)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))
    monkeypatch.setattr(activity, "_written", 0.0)
    monkeypatch.setattr(providers, "recognise", lambda: PC)
    return tmp_path


def test_idle_time_grows_until_something_is_done() -> None:
    watch = Watch(start=1000.0)
    assert watch.see(reading(1010.0))
    assert watch.see(reading(1060.0))
    assert watch.idle().seconds == 60
    activity.record("answer")
    assert watch.see(reading(1070.0))
    assert watch.idle().seconds == 0


def test_files_are_looked_at_every_few_seconds_only() -> None:
    watch = Watch(start=1000.0)
    assert not watch.see(reading(1000.0 + EVERY - 1))
    assert watch.see(reading(1000.0 + EVERY))


def test_a_run_in_training_is_no_idle_time_and_a_waiting_one_is(home: Path) -> None:
    run = home / "runs" / "one"
    run.mkdir(parents=True)
    watch = Watch(start=1000.0)
    with handing.at_work(run):
        watch.see(reading(1010.0))
        watch.see(reading(1060.0))
        assert (watch.idle().seconds, watch.idle().training) == (0, True)
    for now in (1070.0, 1120.0, 1160.0):
        watch.see(reading(now))
    assert (watch.idle().seconds, watch.idle().training) == (90, False)


def test_a_machine_that_slept_gives_all_of_the_time_to_whoever_woke_it() -> None:
    watch = Watch(start=1000.0)
    watch.see(reading(1010.0))
    watch.see(reading(9000.0))
    assert watch.idle().seconds == 0


@pytest.mark.parametrize(("share", "works"), [(0.5, True), (0.02, False), (None, False)])
def test_a_faked_gpu_is_at_work_above_what_a_desktop_takes(
    share: float | None, works: bool
) -> None:
    assert bool(gpu_use(reading(1.0, busy(share))).at_work) == works


def test_a_price_makes_a_machine_of_ones_own_one_that_costs() -> None:
    watch = Watch(start=1000.0)
    assert not watch.leaving().paid
    assert so_far() == ""
    set_rate("0.526 $")
    assert watch.leaving().paid
    assert so_far().endswith("ago.")
