"""10,000 simulated days of people, trainings, junk, deaf servers, sleeps and jumping dates."""

from __future__ import annotations

import pytest
from support_watched import early, machine, missed, outcomes

WEEKS = 143


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_a_thousand_days_without_a_false_alarm_and_without_a_miss(part: int) -> None:
    acted = 0
    for week in range(WEEKS):
        watched = machine(seed=part * WEEKS + week, days=7)
        for outcome in outcomes(watched):
            acted += outcome.acted is not None
            assert not early(watched, outcome), (part, week, outcome, early(watched, outcome))
            assert not missed(watched, outcome), (part, week, outcome, missed(watched, outcome))
    assert acted > 5 * WEEKS


def test_so_do_days_that_are_looked_at_every_four_seconds() -> None:
    for seed in range(3):
        watched = machine(seed, days=1)
        found = list(outcomes(watched, every_tick=True))
        assert found
        for outcome in found:
            assert not early(watched, outcome), (seed, outcome, early(watched, outcome))
            assert not missed(watched, outcome), (seed, outcome, missed(watched, outcome))
