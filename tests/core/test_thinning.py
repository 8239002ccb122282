from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.core.thinning import thin

FINITE = st.floats(-1e6, 1e6)


@settings(deadline=None, max_examples=40)
@given(st.lists(FINITE, max_size=400), st.integers(4, 60))
def test_thinning_keeps_the_highest_and_lowest_of_every_stretch(
    heights: list[float], most: int
) -> None:
    points = list(enumerate(heights))
    kept = thin(points, most)
    assert len(kept) <= most
    assert kept == sorted(set(kept))
    assert set(kept) <= set(points)
    if len(points) <= most:
        assert kept == points
        return
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    buckets, n = most // 4, len(points)
    for k in range(buckets):
        stretch = heights[k * n // buckets : (k + 1) * n // buckets]
        there = [y for x, y in kept if k * n // buckets <= x < (k + 1) * n // buckets]
        assert (max(there), min(there)) == (max(stretch), min(stretch))


@settings(deadline=None, max_examples=15)
@given(st.integers(2001, 30_000), st.data())
def test_one_peak_among_many_steps_is_never_lost(n: int, data: st.DataObject) -> None:
    place, depth = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    heights = [math.sin(step / 50) for step in range(n)]
    heights[place], heights[depth] = 5.0, -5.0
    kept = thin(list(enumerate(heights)))
    assert len(kept) <= 2000
    assert (depth, -5.0) in kept
    assert place == depth or (place, 5.0) in kept


@settings(deadline=None, max_examples=20)
@given(st.integers(2001, 5000), st.data())
def test_a_loss_that_is_no_number_hides_no_peak(n: int, data: st.DataObject) -> None:
    heights = [1.0] * n
    place = data.draw(st.integers(0, n - 1))
    for step in data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=50)):
        heights[step] = math.nan
    heights[place] = 9.0
    assert (place, 9.0) in thin(list(enumerate(heights)))
