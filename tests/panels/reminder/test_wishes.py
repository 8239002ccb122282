"""Whether to remind and when, kept for the next time."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.core import paths
from coursekit.panels.reminder import reminder
from coursekit.panels.reminder.wishes import FILE, Wishes, keep, kept


@pytest.mark.parametrize("wishes", [Wishes(True, 1), Wishes(False, 600), Wishes(None, 30)])
def test_what_was_set_is_there_the_next_time(wishes: Wishes) -> None:
    keep(wishes)
    assert kept() == wishes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        "null",
        '{"on": true}',
        '{"on": "yes", "minutes": 5}',
        '{"on": true, "minutes": 0}',
        '{"on": true, "minutes": 2.5}',
        '{"on": true, "minutes": true}',
    ],
)
def test_what_cannot_be_read_counts_as_never_set(home: Path, text: str) -> None:
    (home / "state").mkdir()
    (home / "state" / FILE).write_text(text)
    assert kept() == Wishes()


def test_bytes_that_are_no_text_count_as_never_set(home: Path) -> None:
    (home / "state").mkdir()
    (home / "state" / FILE).write_bytes(b"\xff\xfe\x00")
    assert kept() == Wishes()


def test_a_home_that_cannot_be_written_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(paths, "write_text", refuse)
    keep(Wishes(True, 5))
    assert kept() == Wishes()


def test_the_reminder_of_a_process_goes_by_it() -> None:
    keep(Wishes(True, 7))
    reminder.cache_clear()
    try:
        assert reminder() is reminder()
        assert (reminder().on, reminder().after) == (True, 420.0)
    finally:
        reminder.cache_clear()
