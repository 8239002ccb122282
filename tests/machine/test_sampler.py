"""One thread for all who look, that nothing stops but the last of them."""

from __future__ import annotations

import gc
import logging
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import pytest
from support_nvml import Card, FakeNvml

from coursekit.machine.reader import Reader
from coursekit.machine.readings import Accelerator, Host, Reading
from coursekit.machine.sampler import KEPT, Sampler

HOST = Host(2, 0.5, 1, 2, 1, 2, False)
NONE = Accelerator("none", "2.9", False, "")


def fresh() -> Reading:
    return Reading(time.time(), time.monotonic(), (), HOST, NONE)


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def threads() -> Iterator[Callable[[], int]]:
    """How many a test's samplers have; none stays. Those of tests before it are not its own."""
    others = set(threading.enumerate())

    def count() -> int:
        return sum(it.name == "coursekit-sampler" for it in {*threading.enumerate()} - others)

    yield count
    until(lambda: count() == 0)


def test_five_subscribers_share_a_thread_that_ends_with_the_last(
    threads: Callable[[], int],
) -> None:
    sampler = Sampler(fresh, every=0.01)
    seen: list[list[Reading]] = [[] for _ in range(5)]
    subscriptions = [sampler.subscribe(readings.append) for readings in seen]
    until(lambda: all(len(readings) > 3 for readings in seen))
    assert threads() == 1
    for subscription in subscriptions[:-1]:
        subscription.close()
    closed = len(seen[0])
    until(lambda: len(seen[-1]) > closed + 5)
    assert threads() == 1
    assert len(seen[0]) <= closed + 1  # one may have been on its way
    subscriptions[-1].close()
    subscriptions[-1].close()
    until(lambda: threads() == 0)


def test_it_starts_again_for_the_next_subscriber_and_keeps_what_it_has(
    threads: Callable[[], int],
) -> None:
    sampler = Sampler(fresh, every=0.01)
    with sampler.subscribe(lambda _: None):
        until(lambda: len(sampler.history()) > 2)
    with sampler.subscribe(lambda _: None):
        until(lambda: len(sampler.history()) > 5)
        assert threads() == 1
    clocks = [reading.clock for reading in sampler.history()]
    assert clocks == sorted(clocks)


def test_what_is_older_than_ten_minutes_is_not_kept_for_the_next() -> None:
    age = KEPT + 1.0
    sampler = Sampler(lambda: replace(fresh(), clock=time.monotonic() - age))
    with sampler.subscribe(lambda _: None):
        until(lambda: len(sampler.history()) == 1)
    age = 0.0
    with sampler.subscribe(lambda _: None):
        until(lambda: len(sampler.history()) == 1)
        (kept,) = sampler.history()
        assert time.monotonic() - kept.clock < 60


def test_a_listener_that_fails_ends_nothing_and_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sampler = Sampler(fresh, every=0.01)
    seen: list[Reading] = []

    def fail(_: Reading) -> None:
        raise ZeroDivisionError

    with sampler.subscribe(fail), sampler.subscribe(seen.append), caplog.at_level(logging.ERROR):
        until(lambda: len(seen) > 3)
    assert len(caplog.records) == 1


def test_a_reading_that_fails_is_followed_by_the_next(caplog: pytest.LogCaptureFixture) -> None:
    numbers = count()

    def read() -> Reading:
        if next(numbers) == 1:
            raise OSError("gone")
        return fresh()

    sampler = Sampler(read, every=0.01)
    with caplog.at_level(logging.ERROR), sampler.subscribe(lambda _: None):
        until(lambda: len(sampler.history()) > 3)
    assert "gone" in caplog.text


def test_readings_that_go_on_failing_are_logged_once_for_each_kind_until_one_works(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gone, odd = OSError("gone"), ValueError("odd")
    errors: list[Exception | None] = [gone, gone, odd, gone, odd, gone, None, gone, gone, None]
    numbers = count()

    def read() -> Reading:
        error = dict(enumerate(errors)).get(next(numbers))
        if error:
            raise error
        return fresh()

    sampler = Sampler(read, every=0.01)
    with caplog.at_level(logging.ERROR), sampler.subscribe(lambda _: None):
        until(lambda: len(sampler.history()) > 3)
    logged = [it.exc_info[1] for it in caplog.records if it.exc_info]
    assert logged == [gone, odd, gone]


def test_a_listener_may_close_itself(threads: Callable[[], int]) -> None:
    sampler = Sampler(fresh, every=0.01)
    closing = sampler.subscribe(lambda _: closing.close())
    until(lambda: threads() == 0)


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 86400.0 * 365])
def test_a_clock_that_is_set_changes_neither_pace_nor_order(
    monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    sampler = Sampler(fresh, every=0.05)
    with sampler.subscribe(lambda _: None):
        until(lambda: len(sampler.history()) > 2)
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + jump)
        began = time.monotonic()
        before = len(sampler.history())
        until(lambda: len(sampler.history()) >= before + 10, seconds=60)  # the jumps are an hour
        assert time.monotonic() - began > 0.3
    history = sampler.history()
    assert [it.clock for it in history] == sorted(it.clock for it in history)


def test_after_a_suspended_machine_it_goes_on_and_does_not_catch_up() -> None:
    slept = threading.Event()

    def read() -> Reading:
        if not slept.is_set():
            slept.set()
            time.sleep(0.5)  # ten readings' time in which nothing ran
        return fresh()

    sampler = Sampler(read, every=0.05)
    with sampler.subscribe(lambda _: None):
        until(lambda: len(sampler.history()) >= 15)
    clocks = [it.clock for it in sampler.history()]
    # one that was late itself may be followed at once by one, and no more
    assert len(clocks) <= (clocks[-1] - clocks[0]) / 0.05 + 2.5


@pytest.mark.slow
def test_ten_thousand_readings_with_faked_gpus_take_no_more_memory_than_twelve_hundred(
    install: Callable[..., FakeNvml],
) -> None:
    fake = install(Card(), Card(uuid="GPU-2"))
    reader = Reader()
    sizes: dict[int, int] = {}
    taken = count(1)

    def read() -> Reading:
        reading = reader.read()
        fake.calls.clear()
        n = next(taken)
        if n in (2 * KEPT, 10_000):
            gc.collect()
            sizes[n] = tracemalloc.get_traced_memory()[0]
        return reading

    sampler = Sampler(read, every=0)
    tracemalloc.start()
    subscriptions = [sampler.subscribe(lambda _: None) for _ in range(5)]
    try:
        until(lambda: len(sizes) == 2, seconds=300)
    finally:
        for subscription in subscriptions:
            subscription.close()
        tracemalloc.stop()
    assert len(sampler.history()) == KEPT
    assert sizes[10_000] - sizes[2 * KEPT] < 50_000
