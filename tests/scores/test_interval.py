"""Wilson's interval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.scores.interval import differ, overlap, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # Newcombe, Two-sided confidence intervals for the single proportion (1998), table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_that_of_the_published_examples(
    k: int, n: int, low: float, high: float
) -> None:
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_within_0_and_1(counts: tuple[int, int]) -> None:
    k, n = counts
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert low < high
    mirrored = wilson(n - k, n)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-12)


def test_more_items_make_it_narrower() -> None:
    widths = [high - low for low, high in (wilson(n // 10, n) for n in (10, 100, 1000))]
    assert widths == sorted(widths, reverse=True)


def test_intervals_that_touch_are_not_told_apart() -> None:
    assert overlap((0, 0.1), (0.1, 0.2))
    assert not overlap((0, 0.1), (0.11, 0.2))


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [(0, 0, False), (0, 5, False), (0, 6, True), (6, 0, True), (1, 8, True), (1, 7, False)],
)
def test_who_took_the_same_items_is_told_apart_by_those_that_one_alone_got_right(
    first: int, second: int, apart: bool
) -> None:
    assert differ(first, second) is apart
