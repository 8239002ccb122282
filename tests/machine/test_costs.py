"""What it costs, to the cent, in words; hours are real ones when the clocks change."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from support_machine import in_zone

from coursekit.machine.cost import Costs, charge, costs, money
from coursekit.machine.rate import Rate, parse, set_rate

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=BERLIN)


def at(
    now: datetime, price: str = "1 $", zone: ZoneInfo | None = BERLIN, hours: float = 2
) -> Costs:
    """What a machine costs that has been on for some hours."""
    set_rate(price)
    found = costs(now, zone, now - timedelta(hours=hours))
    assert found
    return found


def test_without_a_price_nothing_is_said() -> None:
    assert costs() is None


def test_a_weekend_in_words() -> None:
    found = at(FRIDAY, "0.526 $", hours=3.25)
    assert found.sentences() == [
        "About 1.71 $ since this machine started, 3 h 15 min ago.",
        "About 7.36 $ if it stays on until 8:00 tomorrow.",
        "About 32.61 $ if it stays on until Monday 8:00.",
    ]
    assert found.weekend.until == datetime(2026, 11, 30, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "night", "hours", "monday"),
    [
        ("2026-11-26 18:00", "8:00 tomorrow", 14, 86),  # Thursday
        ("2026-11-27 04:59", "8:00 today", 3 + 1 / 60, 75 + 1 / 60),
        ("2026-11-27 05:00", "8:00 tomorrow", 27, 75),
        ("2026-11-29 18:00", "8:00 tomorrow", 14, 14),  # Sunday
        ("2026-11-30 03:00", "8:00 today", 5, 5),
        ("2026-11-30 07:00", "8:00 tomorrow", 25, 169),  # Monday
        ("2026-11-30 08:00", "8:00 tomorrow", 24, 168),
        ("2026-12-31 23:59", "8:00 tomorrow", 8 + 1 / 60, 80 + 1 / 60),
    ],
)
def test_the_night_and_the_weekend_end_in_the_morning(
    now: str, night: str, hours: float, monday: float
) -> None:
    found = at(datetime.fromisoformat(now).replace(tzinfo=BERLIN))
    assert float(found.overnight.cost) == pytest.approx(hours)
    assert float(found.weekend.cost) == pytest.approx(monday)
    said = [it for it in found.sentences() if "stays on" in it]
    assert said[0].endswith(f"if it stays on until {night}.")
    assert [it.endswith("until Monday 8:00.") for it in said[1:]] == [True] * (monday > hours)


@pytest.mark.parametrize(
    ("evening", "hours"),
    [
        ("2026-03-28 20:00", 11),  # clocks are put forward in the night
        ("2026-10-24 20:00", 13),  # and back
        ("2026-10-25 02:30", 6.5),  # the first 2:30 of that night
        ("2026-07-01 20:00", 12),
    ],
)
def test_a_night_has_the_hours_that_it_has(evening: str, hours: float) -> None:
    now = datetime.fromisoformat(evening).replace(tzinfo=BERLIN)
    assert at(now).overnight.cost == Decimal(str(hours))
    with in_zone("Europe/Berlin"):
        assert at(now, zone=None).overnight.cost == Decimal(str(hours))
        assert at(now.astimezone(UTC), zone=None).overnight.cost == Decimal(str(hours))


def test_the_second_half_past_two_is_an_hour_later() -> None:
    now = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)
    assert at(now).overnight.cost == Decimal("5.5")


def test_a_machine_in_utc_says_so() -> None:
    now = datetime(2026, 11, 27, 18, tzinfo=UTC)
    with in_zone("UTC"):
        found = at(now, zone=None)
        said = (found.overnight.when, found.weekend.when)
    assert said == ("8:00 UTC tomorrow", "Monday 8:00 UTC")
    with in_zone("America/New_York"):
        assert at(now, zone=None).weekend.when == "Monday 8:00"


def test_no_float_is_money() -> None:
    total = sum((charge(parse("0.1 $"), timedelta(hours=1)) for _ in range(3)), Decimal(0))
    assert total == Decimal("0.3")
    assert charge(parse("0.526 $"), timedelta(hours=1000)) == Decimal("526")
    assert charge(Rate(Decimal("0.36"), "$"), timedelta(milliseconds=1)) == Decimal("1E-7")
    found = at(FRIDAY)
    for it in (found.so_far, found.overnight.cost, found.weekend.cost):
        assert isinstance(it, Decimal)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("14.4", "14.40 $"),
        ("0.005", "0.01 $"),
        ("0.0049", "less than 0.01 $"),
        ("0", "0.00 $"),
        ("1439.995", "1,440.00 $"),
        ("2.675", "2.68 $"),
    ],
)
def test_money_has_cents(amount: str, text: str) -> None:
    assert money(Decimal(amount), "$") == text


def test_less_than_a_cent_is_not_about_less() -> None:
    first, *_ = at(FRIDAY, "0.001 $", hours=0.1).sentences()
    assert first == "Less than 0.01 $ since this machine started, 6 min ago."


def test_a_clock_that_was_put_back_makes_no_negative_cost() -> None:
    set_rate("1 $")
    found = costs(FRIDAY, BERLIN, FRIDAY + timedelta(hours=1))
    assert found
    assert found.so_far == 0


def test_programs_get_amounts_as_text() -> None:
    read = json.loads(json.dumps(at(FRIDAY, "0.526 $").as_json()))
    assert read == {
        "rate": "0.526",
        "currency": "$",
        "on_s": 7200,
        "so_far": "1.052",
        "overnight": {"until": "2026-11-28T07:00:00+00:00", "cost": "7.364"},
        "weekend": {"until": "2026-11-30T07:00:00+00:00", "cost": "32.612"},
    }


def test_now_is_now_and_the_start_is_the_system_s() -> None:
    set_rate("1 $")
    found = costs()
    assert found
    assert timedelta(0) < found.on
    assert found.overnight.until > datetime.now(UTC)
