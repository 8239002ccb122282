from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from coursekit.machine import clocks


def test_it_goes_forward_as_every_clock_does() -> None:
    began, before = time.monotonic(), clocks.through_sleep()
    time.sleep(0.05)
    after, end = clocks.through_sleep(), time.monotonic()
    assert 0.04 <= after - before <= end - began + 0.01


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


def test_each_place_has_its_own_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def word(boot: str, container: str) -> str:
        files = (tmp_path / "boot", tmp_path / f"pid-{boot}-{container}")
        files[0].write_text(f"{boot}\n")
        files[1].symlink_to(f"pid:[{container}]")
        monkeypatch.setattr(clocks, "PLACES", files)
        return clocks.place.__wrapped__()

    words = [word("a", "1"), word("a", "2"), word("b", "1")]
    assert words[0] == "a pid:[1]"
    assert len(set(words)) == 3
    monkeypatch.setattr(clocks, "PLACES", (tmp_path / "none", tmp_path / "none"))
    assert clocks.place.__wrapped__() == ""
