"""The small charts: what they draw and what they say."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from coursekit.panels.machine.sparkline import HEIGHT, SPAN, WIDTH, bucketed, paths, sparkline


def test_a_chart_says_in_words_what_it_shows() -> None:
    shares = [(float(second), second / 600) for second in range(600)]
    figure = ElementTree.fromstring(sparkline("Processor", shares, now=600.0))
    svg = figure.find("svg")
    assert svg is not None
    assert svg.get("aria-label") == (
        "Processor over the last ten minutes: now 100 %, between 0 % and 100 %."
    )


def test_a_name_is_text_and_no_markup() -> None:
    drawn = sparkline("<script>alert('x')</script>", [(0.0, 0.5)], now=1.0)
    assert "<script" not in drawn
    assert ElementTree.fromstring(drawn) is not None


def test_nothing_known_draws_nothing() -> None:
    assert sparkline("GPU", [(0.0, None)], now=1.0) == ""
    assert sparkline("GPU", [], now=1.0) == ""


def test_what_is_older_than_ten_minutes_is_left_out() -> None:
    assert bucketed([(0.0, 0.1), (100.0, 0.9)], now=SPAN + 50) == [(550.0, 0.9)]


def test_seconds_are_joined_to_their_mean() -> None:
    assert bucketed([(0.0, 0.2), (1.0, 0.4)], now=4.0) == [(0.0, pytest.approx(0.3))]


def test_a_gap_breaks_the_line_and_a_single_point_is_a_dot() -> None:
    found = paths(bucketed([(0.0, 0.5), (30.0, 0.5), (35.0, 0.5)], now=36.0))
    assert [path.count("L") for path in found] == [0, 1]


@pytest.mark.parametrize(
    ("share", "y"), [(0.0, HEIGHT - 2), (1.0, 2), (7.0, 2), (-1.0, HEIGHT - 2)]
)
def test_a_line_never_leaves_its_chart(share: float, y: int) -> None:
    assert paths([(0.0, share)]) == [f"M{WIDTH:.1f},{y:.1f} l0.1,0"]
