from __future__ import annotations

import pytest

from coursekit.learn.schedule import Constant, Exponential, FlatCos, OneCycle, from_json, to_json

ALL = [Constant(), OneCycle(), OneCycle(0.99), FlatCos(0.5), Exponential(100.0, 2.0)]


def test_one_cycle_climbs_and_falls_while_the_momentum_does_the_opposite() -> None:
    cycle = OneCycle(0.25, div=25, div_final=1e5)
    values = [cycle.at(k / 100) for k in range(101)]
    rates, moms = [v[0] for v in values], [v[1] for v in values]
    assert (rates[0], rates[25], rates[100]) == pytest.approx((1 / 25, 1, 1e-5))
    assert (moms[0], moms[25], moms[100]) == pytest.approx((0.95, 0.85, 0.95))
    assert rates[:26] == sorted(rates[:26])
    assert rates[25:] == sorted(rates[25:], reverse=True)


def test_flat_cos_stays_at_the_top_then_falls() -> None:
    rates = [FlatCos(0.75).at(k / 100)[0] for k in range(101)]
    assert rates[:76] == pytest.approx([1.0] * 76)
    assert rates[-1] == pytest.approx(1e-5)


def test_exponential_climbs_evenly_on_a_log_scale() -> None:
    assert [Exponential(10_000).at(k / 4)[0] for k in range(5)] == pytest.approx(
        [1, 10, 100, 1000, 10_000]
    )
    assert Exponential(10_000, 2).at(0.5)[0] == pytest.approx(10_000)


@pytest.mark.parametrize("schedule", ALL)
def test_a_schedule_is_the_same_after_a_way_through_json(schedule: Constant) -> None:
    import json

    assert from_json(json.loads(json.dumps(to_json(schedule)))) == schedule


@pytest.mark.parametrize("pct_start", [0.0, 0.01, 0.99, 1.0])
def test_one_cycle_works_at_its_edges(pct_start: float) -> None:
    cycle = OneCycle(pct_start)
    assert all(0 < cycle.at(k / 50)[0] <= 1 for k in range(51))
