"""The banner's side in Python: what it is told, what its buttons say, that it lets go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Queue
from typing import Any

import pytest
from ipywidgets import widgets

from coursekit import LookUp, MachinePanel
from coursekit.panels.reminder import reminder
from coursekit.panels.reminder.banner import SHOWN, Banner
from coursekit.panels.reminder.counter import Counter
from coursekit.panels.reminder.model import Leaving, ReminderModel

RENTED = Leaving("Example Cloud", "Choose Actions, Stop.", ("The disk.",), paid=True)


@dataclass
class Hours:
    """Three hours without anything done."""

    seconds: float = 10_800.0
    training: bool = False


@pytest.fixture
def model() -> ReminderModel:
    """A reminder that is loud."""
    it = ReminderModel(Hours, lambda: RENTED)
    it.look(20_000.0)
    return it


def press(banner: Banner, word: object) -> None:
    """What a page sends."""
    content = {"method": "custom", "content": {"pressed": word}}
    banner._handle_msg({"content": {"data": content}, "buffers": []})


def test_it_shows_what_the_model_says_from_the_start_and_later(model: ReminderModel) -> None:
    banner = Banner(model)
    assert [getattr(banner, it) for it in SHOWN] == [getattr(model, it) for it in SHOWN]
    assert banner.stage == "loud"
    model.still_here()
    assert (banner.stage, banner.said) == ("", "")
    banner.close()


@pytest.mark.parametrize(
    ("word", "stage", "still"),
    [("here", "", ()), ("later", "", ()), ("shut down", "list", RENTED.still)],
)
def test_each_button_does_what_it_says(
    model: ReminderModel, word: str, stage: str, still: tuple[str, ...]
) -> None:
    banner = Banner(model)
    press(banner, word)
    assert (banner.stage, banner.still) == (stage, still)
    banner.close()


def test_switching_off_is_done_off_the_main_thread(model: ReminderModel) -> None:
    done: Queue[threading.Thread] = Queue()
    model.switch_off = lambda: done.put(threading.current_thread())  # type: ignore[method-assign]
    banner = Banner(model)
    press(banner, "off")
    assert done.get(timeout=10) is not threading.main_thread()
    banner.close()


@pytest.mark.parametrize("word", ["stop it", "", None, 7, ["here"]])
def test_what_no_button_sends_changes_nothing(model: ReminderModel, word: Any) -> None:
    banner = Banner(model)
    press(banner, word)
    assert banner.stage == "loud"
    banner.close()


@pytest.mark.parametrize("make", [lambda: Banner(ReminderModel(Hours, lambda: RENTED)), Counter])
def test_a_page_is_sent_the_seconds_that_are_left_as_it_asks(
    make: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [5000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    it = make()
    assert it.get_state("ends") == {"ends": None}
    it.ends = 5100.0
    assert it.get_state("ends") == {"ends": 100.0}
    now[0] += 30  # a page that is opened later
    assert it.get_state()["ends"] == 70.0
    now[0] += 90
    assert it.get_state()["ends"] == 0.0
    it.close()


def test_a_closed_banner_is_told_nothing_more_and_the_model_does_not_keep_it(
    model: ReminderModel,
) -> None:
    banner = Banner(model)
    assert observers(model) == len(SHOWN)
    banner.close()
    banner.close()
    assert observers(model) == 0
    model.still_here()
    assert banner.stage == "loud"


@pytest.mark.parametrize("make", [MachinePanel, LookUp])
def test_a_closed_panel_frees_its_widgets_and_the_reminder_keeps_none_of_them(
    make: Callable[[], Any],
) -> None:
    known = observers(reminder())
    before = set(widgets.widget._instances)
    panel = make()
    assert panel.view is panel.view
    assert observers(reminder()) > known
    panel.close()
    assert set(widgets.widget._instances) == before
    assert observers(reminder()) == known


def observers(model: ReminderModel) -> int:
    """How many are told of its changes; traitlets has no public word for that."""
    told = model._trait_notifiers.values()
    return sum(len(handlers) for kinds in told for handlers in kinds.values())
