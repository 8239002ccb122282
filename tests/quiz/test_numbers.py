from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.quiz.numbers import Interval, NoNumber, number_in


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("3", "", 3),
        (" -2.5e-3 ", "", -0.0025),
        ("0,5", "", 0.5),
        ("0,125", "", 0.125),
        ("-0,500", "", -0.5),
        ("1,000", "", 1000),
        ("1,234,567.5", "", 1234567.5),
        ("\u22124", "", -4),
        ("90\u00a0photos", "photos", 90),
        ("90 photo", "photos", 90),
        ("20%", "%", 20),
        ("20 percent", "%", 20),
        ("20", "%", 20),
        ("1.5 s", "s", 1.5),
        (".5", "", 0.5),
        ("5.", "", 5),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, unit: str, number: float) -> None:
    assert number_in(typed, unit) == pytest.approx(number)


@pytest.mark.parametrize(
    "typed",
    ["", "x", "1 2", "nan", "inf", "1e400", "--1", "1_000", "0x1", "1/2", "9" * 500, "1e5e5"],
)
def test_what_is_no_number_is_told(typed: str) -> None:
    with pytest.raises(NoNumber, match=r"\.$"):
        number_in(typed)


@pytest.mark.parametrize(("typed", "unit"), [("3 ms", "s"), ("3 %", ""), ("3 cats", "dogs")])
def test_another_unit_is_told(typed: str, unit: str) -> None:
    with pytest.raises(NoNumber, match="not the unit that is asked for"):
        number_in(typed, unit)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e3))
def test_both_ends_of_a_tolerance_belong_to_it(answer: float, tolerance: float) -> None:
    within = Interval.around(answer, tolerance)
    assert within.has(answer)
    assert within.has(number_in(repr(answer + tolerance)))
    assert within.has(number_in(repr(answer - tolerance)))
    assert not within.has(answer + 1.01 * tolerance + 0.01 + abs(answer) / 1e6)


def test_floating_point_takes_nothing_away() -> None:
    assert Interval(0.1, 0.3).has(0.1 + 0.2)
    assert str(Interval(0.1, 0.3)) == "0.1 to 0.3"
    assert str(Interval(0.1, 0.3, 0.2)) == "0.2"
