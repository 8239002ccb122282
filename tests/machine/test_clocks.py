from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from coursekit.machine import clocks


def test_it_goes_forward_as_every_clock_does() -> None:
    before, began = clocks.through_sleep(), time.monotonic()
    time.sleep(0.05)
    assert clocks.through_sleep() - before == pytest.approx(time.monotonic() - began, abs=0.02)


@pytest.mark.parametrize(
    ("system", "told"),
    [
        ({"CLOCK_BOOTTIME": 7, "CLOCK_MONOTONIC": 1}, 7),  # Linux
        ({"CLOCK_MONOTONIC": 6}, 6),  # a Mac
        ({}, 100),  # Windows, whose only one goes on
    ],
)
def test_on_each_system_the_clock_is_one_that_goes_on_in_sleep(
    system: dict[str, int], told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = SimpleNamespace(**system, monotonic=lambda: 100, clock_gettime=lambda clock: clock)
    monkeypatch.setattr(clocks, "time", fake)
    assert clocks.through_sleep() == told
