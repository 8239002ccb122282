"""Hundreds of simulated days that the real watchdog lives through, with real files and locks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support_lived import Lived, faults, outcomes, put
from support_nvml import Card, FakeNvml

DAYS = 5
WORLDS = 15

Install = Callable[..., FakeNvml]


def acts(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often it acted, each time rightly and in time."""
    with monkeypatch.context() as here:
        put(lived, here)
        for outcome in outcomes(lived):
            assert not faults(lived, outcome), (outcome, faults(lived, outcome))
    return len(lived.acts)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_days_with_a_faked_gpu_and_faked_servers_without_a_false_alarm_and_without_a_miss(
    part: int, tmp_path: Path, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    acted = 0
    for seed in range(part * WORLDS, (part + 1) * WORLDS):
        lived = Lived(tmp_path / str(seed), install(Card(percent=2)), seed, DAYS)
        acted += acts(lived, monkeypatch)
    assert acted > WORLDS * DAYS


def test_so_does_a_day_with_a_faked_gpu_that_is_looked_at_every_four_seconds(
    tmp_path: Path, install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived = Lived(tmp_path / "home", install(Card(percent=2)), seed=1, days=1, every_tick=True)
    assert acts(lived, monkeypatch) > 1
