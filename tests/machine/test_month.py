"""What this month cost, for the hours that the machine was seen on."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support_machine import in_zone

from coursekit.machine import month
from coursekit.machine.identity import machine
from coursekit.machine.month import Month, this_month
from coursekit.machine.rate import set_rate
from coursekit.machine.stretches import Stretches
from coursekit.store import answers, stretches
from coursekit.store.database import database as shared

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=BERLIN)


def seen(*pairs: tuple[str, str]) -> None:
    """Keeps when this machine was seen on, in Berlin's time."""
    with shared().writing() as session:
        learner = answers.the_learner(session).id
        for pair in pairs:
            began, ended = (datetime.fromisoformat(it).replace(tzinfo=BERLIN) for it in pair)
            stretches.see(session, learner, machine(), began, ended)


def at(now: datetime, zone: ZoneInfo | None = BERLIN) -> Month:
    set_rate("2 $")
    found = this_month(now, zone)
    assert found
    return found


def test_without_a_price_nothing_is_said() -> None:
    assert this_month() is None


def test_a_month_begins_at_midnight_here() -> None:
    seen(
        ("2026-10-31 20:00", "2026-11-01 02:30"),  # 2.5 h of it in November
        ("2026-11-26 10:00", "2026-11-26 20:00"),
        ("2026-11-27 17:00", "2026-11-27 23:00"),  # by a clock that was ahead
    )
    found = at(FRIDAY)
    assert (found.seen, found.cost) == (timedelta(hours=13.5), Decimal(27))
    said = "About 27.00 $ this month, for 13 h 30 min that this machine is known to have been on."
    assert found.sentence() == said
    assert json.loads(json.dumps(found.as_json())) == {"seen_s": 48600, "cost": "27"}


@pytest.mark.parametrize("zone", [BERLIN, UTC])
def test_a_month_with_a_clock_change_begins_at_its_own_midnight(zone: tzinfo) -> None:
    seen(("2026-09-30 23:00", "2026-10-01 01:00"), ("2026-10-25 00:00", "2026-10-25 06:00"))
    with in_zone("Europe/Berlin"):
        found = at(datetime(2026, 10, 31, 12, tzinfo=zone), zone=None)
    assert found.seen == timedelta(hours=1 + 7)


def test_a_whole_month_has_the_hours_that_it_has() -> None:
    seen(("2026-09-01 00:00", "2026-12-01 00:00"))
    assert at(datetime(2026, 10, 31, 23, tzinfo=BERLIN)).seen == timedelta(days=31)


def test_another_machine_s_hours_are_not_this_one_s() -> None:
    with shared().writing() as session:
        learner = answers.the_learner(session).id
        stretches.see(session, learner, "other", FRIDAY - timedelta(hours=9), FRIDAY)
    assert at(FRIDAY).seen == timedelta(0)


def test_a_machine_that_was_not_seen_yet_says_nothing() -> None:
    found = at(FRIDAY)
    assert (found.sentence(), found.cost) == ("", 0)


def test_a_database_that_can_t_be_read_is_said(home: Path) -> None:
    (home / "coursekit.db").write_text("no database")
    found = at(FRIDAY)
    assert (found.seen, found.cost) == (None, None)
    assert found.sentence().startswith("What this month cost is not known (")
    assert found.as_json() == {"seen_s": None, "cost": None}


def test_where_there_is_no_database_none_is_made_to_find_nothing_in_it(home: Path) -> None:
    set_rate("2 $")
    code = (
        "import sys; from coursekit.machine.month import this_month\n"
        "print(this_month().seen, 'sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0:00:00 False"
    assert not (home / "coursekit.db").exists()


@pytest.mark.parametrize(("awake", "hours"), [(True, 14), (False, 0)])
def test_a_forgotten_night_counts_once_somebody_comes_back(
    monkeypatch: pytest.MonkeyPatch, awake: bool, hours: int
) -> None:
    now = datetime(2026, 11, 27, 9, tzinfo=UTC)
    since = now - timedelta(hours=14)
    monkeypatch.setattr(month, "awake_since", lambda: since if awake else None)
    monkeypatch.setattr(month, "_stretches", Stretches(month._write))
    set_rate("2 $")
    month.touch(now)
    month.touch(now + timedelta(minutes=1))
    found = this_month(now + timedelta(minutes=1))
    assert found
    assert found.seen == timedelta(hours=hours, minutes=1)


def test_now_is_now() -> None:
    now = datetime.now(UTC)
    set_rate("1 $")
    with shared().writing() as session:
        learner = answers.the_learner(session).id
        stretches.see(session, learner, machine(), now - timedelta(days=40), now)
    found = this_month()
    assert found
    assert found.seen
    assert timedelta(0) < found.seen < timedelta(days=32)
