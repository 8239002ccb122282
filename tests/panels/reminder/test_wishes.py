"""Whether to remind and when, kept for the next time."""

from __future__ import annotations

from pathlib import Path

import pytest
from ipywidgets import BoundedIntText, Checkbox

from coursekit.core import paths
from coursekit.panels.machine.leaving import reminder_view
from coursekit.panels.reminder import reminder
from coursekit.panels.reminder.model import Leaving, ReminderModel
from coursekit.panels.reminder.watching import IdleNow
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


def shown(reminder: ReminderModel) -> tuple[Checkbox, BoundedIntText]:
    """What the machine panel has of it, to be set as a page does."""
    box, line = reminder_view(reminder).children[0].children
    return box, line


def reminded(paid: list[bool]) -> ReminderModel:
    leaving = lambda: Leaving("Example Cloud", "Stop it.", (), paid[-1])  # noqa: E731
    return ReminderModel(lambda: IdleNow(0.0, False), leaving, chosen=lambda: kept().on)


def test_what_the_reminder_does_by_itself_is_kept_as_nobodys_wish() -> None:
    paid = [False]
    reminder = reminded(paid)
    box, minutes = shown(reminder)
    paid.append(True)  # a price was typed
    reminder.look(5.0)
    assert box.value
    assert kept() == Wishes()
    minutes.value = 30
    assert (kept(), reminder.after) == (Wishes(None, 30), 1800.0)
    paid.append(False)
    reminder.look(10.0)
    assert not box.value
    assert kept() == Wishes(None, 30)


def test_who_has_switched_it_off_is_not_reminded_because_of_a_price() -> None:
    paid = [False]
    reminder = reminded(paid)
    box, _ = shown(reminder)
    box.value = True
    box.value = False
    assert kept().on is False
    paid.append(True)
    reminder.look(5.0)
    assert not box.value
    assert kept().on is False
    assert not reminded(paid).on  # nor in the next process


def test_who_has_switched_it_on_is_reminded_of_what_costs_nothing() -> None:
    reminder = reminded([False])
    box, _ = shown(reminder)
    box.value = True
    assert (reminder.on, kept().on) == (True, True)
    assert reminded([False]).on
