"""What the reminder goes by: real activity files and runs, in a home of the test's own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit.core import activity, executing, handing
from coursekit.machine import clocks, cost
from coursekit.machine.providers.ec2 import EC2
from coursekit.machine.providers.own import PC
from coursekit.machine.readings import Accelerator, Gpu, Host, Reading
from coursekit.machine.sampler import Sampler
from coursekit.panels.reminder import watching, wishes
from coursekit.panels.reminder.model import ReminderModel
from coursekit.panels.reminder.watching import IdleNow, Watch, gpu_use, so_far
from coursekit.panels.reminder.wishes import Wishes, kept

HOST = Host(2.0, 0.5, 8 * 10**9, 16 * 10**9, 10**10, 10**11, limited=False)


def reading(clock: float, *busy: float | None) -> Reading:
    gpus = tuple(Gpu(number, "Tesla T4", "NVIDIA", busy=it) for number, it in enumerate(busy))
    return Reading(1e9, clock, gpus, HOST, Accelerator("none", "2.9", False))


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a PC of one's own, whatever this machine is."""
    monkeypatch.setattr(watching.providers, "recognise", lambda: PC)


@pytest.fixture
def watch() -> Watch:
    """It began at 0 and has looked at 5."""
    it = Watch(start=0.0)
    assert it.see(reading(5.0))
    return it


def record(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(activity, "_written", 0.0)  # another test's record would delay ours
    activity.record(kind)


def test_it_looks_every_five_seconds_and_no_oftener(watch: Watch) -> None:
    assert not watch.see(reading(9.9))
    assert watch.idle() == IdleNow(5.0, False)
    assert watch.see(reading(10.0))
    assert watch.idle() == IdleNow(10.0, False)


@pytest.mark.parametrize("kind", activity.KINDS)
def test_whatever_coursekit_notes_is_a_sign_of_life(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    watch.see(reading(60.0))
    record(monkeypatch, kind)
    watch.see(reading(65.0))
    assert watch.idle() == IdleNow(0.0, False)
    watch.see(reading(95.0))
    assert watch.idle() == IdleNow(30.0, False)


def test_a_run_that_trains_is_never_idle_and_one_that_waits_is(watch: Watch, home: Path) -> None:
    folder = home / "runs" / "01JD"
    folder.mkdir(parents=True)
    with handing.at_work(folder):
        watch.see(reading(3600.0))
        assert watch.idle() == IdleNow(0.0, True)
        handing.say_waiting(folder, True)
        watch.see(reading(3605.0))  # it has trained until a moment ago
        watch.see(reading(3645.0))
        assert watch.idle() == IdleNow(40.0, False)
    watch.see(reading(3650.0))
    assert watch.idle() == IdleNow(0.0, False)  # its end is a sign, too


def test_while_a_cell_runs_nothing_is_idle(watch: Watch) -> None:
    executing.begin()
    try:
        watch.see(reading(3600.0))
        assert watch.idle() == IdleNow(0.0, False)
    finally:
        executing.end()
    watch.see(reading(3605.0))  # it has run until a moment ago
    watch.see(reading(3645.0))
    assert watch.idle() == IdleNow(40.0, False)


def test_a_faked_gpu_at_work_is_a_sign_whoever_uses_it_and_an_idle_one_is_none() -> None:
    watch = Watch(start=0.0)
    watch.see(reading(5.0, 0.02, None))
    watch.see(reading(40.0, 0.02, None))
    assert watch.idle().seconds == 40.0
    watch.see(reading(50.0, 0.02, 0.7))
    assert watch.idle().seconds == 0.0


def test_a_faked_gpu_that_does_not_say_how_busy_it_is_is_not_at_work() -> None:
    assert gpu_use(reading(1.0, None, 0.099)).at_work == ""
    assert gpu_use(reading(1.0, 0.1)).at_work != ""


def test_a_machine_that_slept_begins_anew(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.see(reading(40.0))
    assert watch.idle().seconds == 40.0
    now = clocks.through_sleep()
    monkeypatch.setattr(clocks, "through_sleep", lambda: now + 4000.0)
    watch.see(reading(45.0))  # that clock stands still in sleep
    assert watch.idle().seconds == 0.0


def test_a_price_makes_ones_own_machine_one_that_costs(watch: Watch) -> None:
    assert not watch.leaving().paid
    assert so_far() == ""
    cost.set_rate("0.526 $")
    assert watch.leaving().paid
    assert "since this machine started" in so_far()


def test_a_rented_machine_costs_without_a_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching.providers, "recognise", lambda: EC2)
    leaving = Watch(start=0.0).leaving()
    assert leaving.paid
    assert (leaving.name, leaving.stop, leaving.still) == (EC2.name, EC2.stop, EC2.still_costs)


class Clock:
    """A machine that is read when it is asked, and notes when."""

    def __init__(self) -> None:
        self.now, self.read = 0.0, list[float]()
        self.source = Sampler(self._read, every=3600.0)
        self.watch = Watch(start=0.0)
        self.model = ReminderModel(self.watch.idle, self.watch.leaving, chosen=lambda: kept().on)

    def _read(self) -> Reading:
        self.read.append(self.now)
        return reading(self.now)

    def go(self, seconds: int) -> None:
        """A second after the other."""
        for _ in range(seconds):
            self.now += 1.0
            self.watch.turn(self.model, self.source, self.now)


def test_a_machine_that_costs_nothing_is_not_read_while_nobody_wants_to_be_reminded() -> None:
    clock = Clock()
    clock.go(60)
    assert clock.read == []
    clock.model.on = True
    clock.go(20)
    assert clock.read == [65.0, 70.0, 75.0, 80.0]
    clock.model.on = False
    clock.go(20)
    assert clock.read[4:] == [85.0]  # so that nothing stays of what it said


def test_what_is_wished_in_another_notebook_holds_here_too() -> None:
    clock = Clock()
    wishes.keep(Wishes(on=True, minutes=3))
    clock.go(6)
    assert (clock.model.on, clock.model.after) == (True, 180.0)
    clock.model.after = 600.0  # set here, which no other notebook has changed since
    clock.go(6)
    assert clock.model.after == 600.0


def test_a_price_has_the_machine_be_read_until_it_is_taken_away() -> None:
    clock = Clock()
    cost.set_rate("0.526 $")
    clock.go(12)
    assert clock.model.on
    assert clock.read == [5.0, 10.0]
    cost.set_rate("")
    clock.go(60)
    assert not clock.model.on
    assert clock.read == [5.0, 10.0, 15.0, 20.0]


def test_what_a_panel_has_just_read_is_not_read_again() -> None:
    clock = Clock()
    clock.model.on = True
    clock.source._kept.append(reading(time.monotonic()))
    clock.watch.turn(clock.model, clock.source, 5.0)
    assert clock.read == []


def test_the_model_looks_in_a_thread_until_that_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watching, "TICK", 0.01)
    watch, looks = Watch(), threading.Semaphore(0)
    model = ReminderModel(watch.idle, watch.leaving)
    monkeypatch.setattr(model, "warn", lambda *_: looks.release())
    watch.begin(model)
    assert looks.acquire(timeout=10)
    assert looks.acquire(timeout=10)
    watch.close()
    until(lambda: "coursekit-reminder" not in {it.name for it in threading.enumerate()})


def test_a_look_that_fails_is_logged_once_and_the_next_is_made(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "TICK", 0.01)
    watch, looks = Watch(), []
    model = ReminderModel(watch.idle, watch.leaving)

    def fail(*_: object) -> None:
        looks.append(0)
        raise OSError("gone")

    monkeypatch.setattr(model, "warn", fail)
    with caplog.at_level(logging.ERROR):
        watch.begin(model)
        until(lambda: len(looks) > 5)
        watch.close()
    assert len(caplog.records) == 1


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
