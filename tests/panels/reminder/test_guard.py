"""What panels say of the watchdog: its state as it is kept in a home of the test's own."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from coursekit.core.errors import CourseError
from coursekit.machine import clocks, watchdog
from coursekit.machine.watchdog.standing import State, lock
from coursekit.panels.reminder.guard import Guard, Lookout
from coursekit.panels.reminder.model import ITSELF, Leaving, ReminderModel
from coursekit.panels.reminder.watching import IdleNow

ARMED = State(
    "guarding",
    idle=2700.0,
    command="echo idle",
    sign="a cell",
    id="one",
    pid=1,
    place=clocks.place(),
)


@pytest.fixture
def alive(home: object) -> Iterator[object]:
    """The lock, held as a watchdog at work holds it."""
    ARMED.write()
    held = lock()
    with held:
        yield held


def write(**changes: object) -> None:
    now = {"clock": time.monotonic(), "since": time.monotonic() - 2600}
    replace(ARMED, **now | changes).write()  # type: ignore[arg-type]


def counting(left: float = 100.0) -> None:
    write(phase="countdown", deadline=time.monotonic() + left)


def test_nobody_armed_one() -> None:
    guard = Lookout().look()
    assert not guard.guarded
    assert (guard.alarm, guard.ends) == ("", 0.0)
    assert "nothing is ever stopped" in guard.said


@pytest.mark.usefixtures("alive")
def test_a_countdown_has_an_end_that_stays_and_words_without_a_number() -> None:
    lookout = Lookout()
    write()
    assert lookout.look().alarm == ""
    counting()
    first, second = lookout.look(), lookout.look()
    assert first == second
    assert first.guarded
    assert first.alarm == "countdown"
    assert first.ends == pytest.approx(time.monotonic() + 100, abs=2)
    assert first.said == (
        "Soon the watchdog runs `echo idle`: nothing was done here. "
        "Whatever you do now puts that off."
    )
    write()
    assert (lookout.look().alarm, lookout.look().ends) == ("", 0.0)


@pytest.mark.usefixtures("alive")
def test_a_rehearsal_and_the_latest_moment_are_said_to_be_such() -> None:
    write(phase="countdown", deadline=time.monotonic() + 9, latest=True, most=28_800.0)
    assert "Nothing puts that off; `coursekit watch --off` ends that." in Lookout().look().said
    write(phase="countdown", deadline=time.monotonic() + 9, dry_run=True)
    assert "(as a rehearsal: it only says so)" in Lookout().look().said


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize(
    ("state", "helps", "said"),
    [
        ({"phase": "countdown"}, "sign", "^Soon the watchdog .* Whatever you do now puts that off"),
        ({"phase": "saving"}, "sign", "^The watchdog waits .* Whatever you do now puts that off"),
        ({"phase": "countdown", "latest": True, "most": 60.0}, "off", "^Soon .* Nothing puts that"),
        ({"phase": "saving", "latest": True, "most": 60.0}, "off", "^The .* waits .* Nothing puts"),
        ({"phase": "acting"}, "", "^The watchdog runs `echo idle` now.$"),
        ({"phase": "acting", "latest": True, "most": 60.0}, "", "^The .* runs `echo idle` now.$"),
    ],
)
def test_it_is_known_what_keeps_it_from_acting(
    state: dict[str, object], helps: str, said: str
) -> None:
    write(deadline=time.monotonic() + 9, **state)
    guard = Lookout().look()
    assert (guard.alarm, guard.helps) == ("countdown", helps)
    assert re.search(said, guard.said)


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize(
    ("orders", "deed"),
    [({"command": ""}, "stop"), ({"command": "echo idle"}, "run"), ({"dry_run": True}, "rehearse")],
)
def test_what_only_may_stop_the_machine_is_told_apart(orders: dict[str, object], deed: str) -> None:
    write(phase="countdown", deadline=time.monotonic() + 9, **orders)
    assert Lookout().look().deed == deed


@pytest.mark.usefixtures("alive")
def test_time_that_goes_by_is_no_news_and_another_phase_is() -> None:
    lookout = Lookout()
    write()
    before = lookout.look()
    write(since=time.monotonic() - 10)
    assert lookout.look().key == before.key
    write(phase="saving")
    assert lookout.look().key != before.key
    assert lookout.look().alarm == "countdown"


def test_one_that_died_is_lost_and_whether_it_was_seen_at_work_is_known(alive: object) -> None:
    lookout = Lookout()
    write()
    assert lookout.look().guarded
    alive.release()  # type: ignore[attr-defined]
    lost = lookout.look()
    assert (lost.alarm, lost.seen, lost.guarded) == ("lost", True, False)
    assert lost.said.startswith("Not guarded. It was ended from outside")
    assert (Lookout().look().alarm, Lookout().look().seen) == ("lost", False)
    other = Lookout()
    write(armed=time.time())  # and so it is where it lived for less than a second
    assert (other.look().seen, Lookout().look().seen) == (True, False)
    replace(ARMED, phase="off").write()
    assert (lookout.look().alarm, lookout.look().seen) == ("", False)


COUNTS = Guard("one", "Soon.", True, 5000.0, "countdown", True)
LOST = Guard("two", "Not guarded.", False, 0.0, "lost", True)


def quiet() -> ReminderModel:
    """A reminder that is off, on a machine that costs nothing."""
    return ReminderModel(lambda: IdleNow(0.0, False), lambda: Leaving("PC", "Stop.", (), False))


def test_a_countdown_is_told_in_every_panel_even_where_the_reminder_is_off() -> None:
    model, told = quiet(), []
    model.observe(told.append, names=["alarm", "warning", "ends"])
    for second in range(60):
        model.warn(COUNTS, float(second))
    assert (model.alarm, model.warning, model.ends) == ("countdown", "Soon.", 5000.0)
    assert len(told) == 3  # the page counts the seconds
    model.warn(Guard("three", "Guarded.", True), 60.0)
    assert (model.alarm, model.warning, model.ends) == ("", "", 0.0)


def test_still_here_takes_a_countdown_away_until_the_watchdog_had_time_to_see_it() -> None:
    model = quiet()
    model.warn(COUNTS, 100.0)
    model.still_here()
    assert model.alarm == ""
    model.warn(COUNTS, 100.0 + ITSELF - 1)
    assert model.alarm == ""
    model.warn(COUNTS, 100.0 + ITSELF)
    assert model.alarm == "countdown"  # it goes on, so everybody has to know


def latest(helps: str) -> ReminderModel:
    """A reminder that tells of a countdown which only that `helps` against."""
    model = quiet()
    model.warn(replace(COUNTS, helps=helps, deed="run"), 100.0)  # type: ignore[arg-type]
    return model


def test_where_nothing_else_helps_the_watchdog_is_switched_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr(watchdog, "off", lambda: done.append("off"))
    for helps in ("sign", ""):
        latest(helps).switch_off()
    quiet().switch_off()
    assert done == []
    model = latest("off")
    assert (model.alarm, model.helps, model.deed) == ("countdown", "off", "run")
    model.switch_off()
    assert done == ["off"]
    assert model.warning == "Soon."


def test_that_it_cannot_be_switched_off_is_told_until_it_stands_in_another_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stays() -> bool:
        raise CourseError("The watchdog does not end.")

    monkeypatch.setattr(watchdog, "off", stays)
    model = latest("off")
    model.switch_off()
    assert model.warning == "Soon. The watchdog does not end."
    model.warn(COUNTS, 101.0)
    assert model.warning == "Soon. The watchdog does not end."
    model.warn(replace(COUNTS, key="next"), 102.0)
    assert model.warning == "Soon."


def test_that_it_is_lost_is_told_until_somebody_has_read_it() -> None:
    model = quiet()
    model.warn(LOST, 100.0)
    assert (model.alarm, model.warning) == ("lost", "Not guarded.")
    model.later(100.0, 1800.0)
    assert model.alarm == ""
    model.warn(LOST, 1901.0)
    assert model.alarm == "lost"
    model.still_here()
    model.warn(LOST, 1e6)
    assert model.alarm == ""


def test_one_that_was_lost_before_is_no_news() -> None:
    model = quiet()
    model.warn(replace(LOST, seen=False), 1.0)
    assert model.alarm == ""
