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
