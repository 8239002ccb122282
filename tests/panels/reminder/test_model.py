"""When the reminder says what, on a clock of the test's own."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from coursekit.core import activity, deeds, paths
from coursekit.panels.reminder.model import CLOSING, Leaving, ReminderModel

RENTED = Leaving(
    "Example Cloud", "Choose Actions, Stop.", ("The disk, until it is deleted.",), paid=True
)
OWN = Leaving("your own PC", "Shut it down as always.", (), paid=False)


@dataclass
class World:
    """What the reminder sees; `seconds` idle, `training` or not, at `now`."""

    seconds: float = 0.0
    training: bool = False
    leaving: Leaving = RENTED
    now: float = 1000.0

    def __post_init__(self) -> None:
        self.reminder = ReminderModel(
            lambda: self, lambda: self.leaving, lambda: "So far 3 $.", self.clock
        )

    def clock(self) -> datetime:
        """It was noon when this began."""
        return datetime(2026, 11, 26, 12) + timedelta(seconds=self.now - 1000)

    def wait(self, seconds: float, step: float = 10.0) -> str:
        """Time goes by; nobody does anything, unless a run trains."""
        until = self.now + seconds
        while self.now < until:
            self.now = min(until, self.now + step)
            self.seconds = 0.0 if self.training else self.seconds + step
            self.reminder.look(self.now)
        return self.reminder.stage

    def do(self) -> str:
        """Somebody does something."""
        self.seconds = 0.0
        self.reminder.look(self.now)
        return self.reminder.stage


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))
    monkeypatch.setattr(activity, "_written", 0.0)  # or an earlier test's record would delay ours
    return tmp_path


def test_the_reminder_grows_louder_with_the_idle_time() -> None:
    world = World()
    assert [world.wait(60 * minutes) for minutes in (14, 2, 5, 5)] == ["", "line", "banner", "loud"]


def test_it_says_since_when_what_it_cost_and_how_to_stop() -> None:
    world = World()
    world.wait(21 * 60)
    assert world.reminder.said == (
        f"Nothing was done since 12:00. So far 3 $. Choose Actions, Stop. {CLOSING}"
    )


def test_a_stage_is_said_once_since_each_message_keeps_a_closed_pages_kernel() -> None:
    world, said = World(), []
    world.reminder.observe(said.append, names=["said", "stage", "leave", "asks", "still"])
    world.wait(3 * 3600)
    # leaving is worth a question; then three stages with their words; `still` is set anew as ()
    assert len(said) <= 2 + 3 * 2 + 1


def test_anything_done_takes_it_away_and_the_time_begins_anew() -> None:
    world = World()
    assert world.wait(21 * 60) == "banner"
    assert world.do() == ""
    assert world.wait(14 * 60) == ""
    assert world.wait(2 * 60) == "line"


def test_a_run_in_training_is_never_idle_and_its_end_is_told_where_it_was_long() -> None:
    world = World(training=True)
    assert world.wait(3 * 3600) == ""
    world.training = False
    assert world.wait(10) == "banner"
    assert world.reminder.said.startswith("The training has ended after 3 h.")
    assert world.do() == ""  # somebody has seen it


def test_the_end_of_a_short_run_is_no_news() -> None:
    world = World(training=True)
    world.wait(9 * 60)
    world.training = False
    assert world.wait(10) == ""


def test_later_is_quiet_for_half_an_hour() -> None:
    world = World()
    world.wait(30 * 60)
    world.reminder.later(world.now)
    assert world.reminder.stage == ""
    assert world.wait(29 * 60) == ""
    assert world.wait(2 * 60) == "loud"


def test_later_puts_the_end_of_a_run_off_for_good() -> None:
    world = World(training=True)
    world.wait(20 * 60)
    world.training = False
    world.wait(10)
    world.reminder.later(world.now, 60)
    assert world.wait(70) == ""


def test_still_here_counts_as_something_done(home: Path) -> None:
    world = World()
    world.wait(30 * 60)
    world.reminder.still_here()
    assert world.reminder.stage == ""
    (file,) = (home / "state").glob("activity-*.json")
    assert "here" in json.loads(file.read_text())


def test_who_says_that_it_is_shut_down_gets_the_list_of_what_may_still_cost() -> None:
    world = World()
    world.wait(30 * 60)
    world.reminder.shut_down(world.now)
    assert world.reminder.stage == "list"
    assert world.reminder.still == RENTED.still
    assert deeds.when("shut_down") is not None
    assert not world.reminder.asks
    assert world.wait(60) == "list"


def test_that_it_is_shut_down_can_be_taken_back() -> None:
    world = World()
    world.wait(30 * 60)
    world.reminder.shut_down(world.now)
    world.reminder.still_here()
    assert world.reminder.stage == ""
    assert deeds.when("shut_down") is None


def test_a_machine_that_was_said_to_be_shut_down_but_runs_says_so() -> None:
    world = World()
    world.wait(30 * 60)
    world.reminder.shut_down(world.now)
    world.wait(6 * 60)
    assert world.reminder.stage in ("banner", "loud")
    assert deeds.when("shut_down") is None


def test_a_machine_of_ones_own_is_not_reminded_of_unless_that_is_asked() -> None:
    world = World(leaving=OWN)
    assert world.wait(3600) == ""
    assert not world.reminder.asks
    world.reminder.on = True
    assert world.wait(10) == "loud"
    assert not world.reminder.asks  # leaving the page costs nothing


def test_a_price_that_is_typed_has_the_machine_reminded_of_until_that_is_refused() -> None:
    world = World(leaving=OWN)
    world.do()
    assert not world.reminder.on
    world.leaving = RENTED
    world.do()
    assert world.reminder.on
    world.reminder.on = False
    assert world.wait(3600) == ""
    assert not world.reminder.on


def test_leaving_a_paid_machine_is_worth_a_question() -> None:
    world = World()
    world.do()
    assert world.reminder.asks
    assert world.reminder.leave == f"Before you leave: Choose Actions, Stop. {CLOSING}"
    world.leaving = replace(RENTED, price="0.526 $")
    world.do()
    assert world.reminder.leave.endswith(f"{CLOSING} Each hour that it stays on costs 0.526 $.")
    world.reminder.on = False
    world.do()
    assert not world.reminder.asks
    assert world.reminder.leave == ""


def test_a_home_that_cannot_be_written_keeps_the_reminder_working(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(paths, "write_text", refuse)
    world = World()
    world.wait(30 * 60)
    world.reminder.shut_down(world.now)
    assert world.reminder.stage == "list"


def test_who_works_on_after_saying_that_it_is_shut_down_is_told_that_it_is_not() -> None:
    world = World()
    world.wait(30 * 60)
    world.reminder.shut_down(world.now)
    world.now += 65
    assert world.do() == ""
    assert deeds.when("shut_down") is not None  # it may have been the last thing done
    assert world.wait(5 * 60) == "banner"
    assert world.reminder.said.startswith("You said that this machine is shut down, but it still")
    assert deeds.when("shut_down") is None


@pytest.mark.parametrize("press", ["later", "shut_down"])
def test_the_click_on_a_button_is_not_taken_for_something_done_since(press: str) -> None:
    world = World()
    world.wait(30 * 60)
    getattr(world.reminder, press)(world.now)
    world.now += 5
    assert world.do() == ("list" if press == "shut_down" else "")
    assert world.wait(14 * 60 if press == "later" else 60) == world.reminder.stage
    assert world.reminder.stage == ("list" if press == "shut_down" else "")
    assert world.do() == ""


def test_a_price_that_somebody_types_has_the_machine_be_reminded_of() -> None:
    world = World(leaving=OWN)
    assert world.wait(3600) == ""
    world.leaving = RENTED
    assert world.wait(10) == "loud"
    world.reminder.on = False  # and whoever switches that off is not overruled
    assert world.wait(10) == ""
