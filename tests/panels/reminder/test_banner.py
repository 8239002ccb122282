"""The banner as a widget: what it shows, what its buttons do, what closing it frees."""

from __future__ import annotations

from pathlib import Path

import pytest
from ipywidgets.widgets.widget import _instances

from coursekit.core import activity, deeds
from coursekit.panels.frame import panel
from coursekit.panels.panel import close_all
from coursekit.panels.reminder.banner import Banner
from coursekit.panels.reminder.model import Leaving, ReminderModel


class Idle:
    seconds = 3600.0
    training = False


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReminderModel:
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))
    monkeypatch.setattr(activity, "_written", 0.0)
    made = ReminderModel(Idle, lambda: Leaving("A cloud", "Stop it.", ("The disk.",), paid=True))
    made.look(10_000.0)
    return made


def press(banner: Banner, word: object) -> None:
    banner._handle_custom_msg({"pressed": word}, [])


def test_a_banner_shows_what_the_reminder_says(model: ReminderModel) -> None:
    banner = Banner(model)
    assert (banner.stage, banner.asks) == ("loud", True)
    assert banner.said == model.said != ""


def test_its_buttons_do_what_they_say_and_anything_else_does_nothing(model: ReminderModel) -> None:
    banner = Banner(model)
    press(banner, "no such button")
    press(banner, None)
    assert banner.stage == "loud"
    press(banner, "here")
    assert banner.stage == ""
    press(banner, "shut down")
    assert (banner.stage, banner.still) == ("list", ("The disk.",))
    assert deeds.when("shut_down") is not None
    press(banner, "later")
    assert banner.stage == ""


def test_a_closed_banner_is_out_of_the_models_sight(model: ReminderModel) -> None:
    banner = Banner(model)
    banner.close()
    model.still_here()
    assert banner.stage == "loud"
    assert not any(model._trait_notifiers["stage"].values())


def test_a_panel_that_is_closed_takes_its_banner_along() -> None:
    before = set(_instances)
    close_all(panel("Title", "Hint"))
    assert set(_instances) == before
