"""What was done at least once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coursekit.core import deeds


def test_a_deed_keeps_when_it_was_done_first(home: Path) -> None:
    assert deeds.when("looked_up") is None
    deeds.note("looked_up")
    first = deeds.when("looked_up")
    assert first
    assert datetime.now(UTC) - first < timedelta(minutes=1)
    kept = home / "state" / "deeds" / "looked_up"
    kept.write_text("2026-01-01T00:00:00+00:00")
    deeds.note("looked_up")
    assert deeds.when("looked_up") == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_deed_can_be_undone_and_done_again(home: Path) -> None:
    deeds.note("shut_down")
    deeds.undo("shut_down")
    assert deeds.when("shut_down") is None
    deeds.note("shut_down")
    assert deeds.when("shut_down")


def test_an_unknown_deed_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="no deed"):
        deeds.note("slept")


def test_a_home_that_cannot_be_written_stops_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("COURSEKIT_HOME", str(home / "file" / "no"))
    deeds.note("trained")
    assert deeds.when("trained") is None


def test_of_two_times_the_earlier_one_is_kept() -> None:
    may, june = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    for at in (june, may, june):
        deeds.keep("trained", at)
    assert deeds.when("trained") == may


def test_another_seed_for_the_same_thing_is_a_deed() -> None:
    deeds.trained("photos and network", 5)
    deeds.trained("photos and network", 5)
    deeds.trained("other photos", 6)
    assert deeds.when("another_seed") is None
    assert deeds.seeds() == {"photos and network": 5, "other photos": 6}
    deeds.trained("photos and network", 7)
    assert deeds.when("another_seed")
    assert deeds.seeds()["photos and network"] == 5


@pytest.mark.parametrize("damage", ["", "yesterday", "2026-05-04", "\0"])
def test_a_damaged_file_is_written_anew(home: Path, damage: str) -> None:
    folder = home / "state" / "deeds"
    folder.mkdir(parents=True)
    for name in ("trained", "seed-x"):
        (folder / name).write_text(damage)
    assert deeds.when("trained") is None
    assert deeds.seeds() == {}
    deeds.trained("x", 3)
    assert deeds.when("trained")
    assert deeds.seeds() == {"x": 3}
