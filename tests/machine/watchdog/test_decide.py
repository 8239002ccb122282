from __future__ import annotations

import pytest

from coursekit.machine.idle import Seen, Trace
from coursekit.machine.watchdog.decide import PATIENCE, Decider, Decision, Orders

BUSY = {"Jupyter": Seen(at_work="a kernel is at work")}
DEAF = {"Jupyter": Seen(unknown="Jupyter does not answer.")}
QUIET = {"Jupyter": Seen()}


def looks(
    decider: Decider, first: int, last: int, seen: dict[str, Seen], unsaved: int = 0
) -> Decision:
    """The last decision of looks once a second."""
    for now in range(first, last):
        decider.look(now, seen, unsaved=unsaved)
    return decider.look(last, seen, unsaved=unsaved)


def test_it_warns_for_two_minutes_and_acts_at_the_end_of_the_idle_time() -> None:
    decider = Decider(Orders(idle=2700), 0)
    assert looks(decider, 1, 2579, QUIET).phase == "guarding"
    assert looks(decider, 2580, 2699, QUIET) == Decision("countdown", 2700, save=True)
    assert looks(decider, 2700, 2700, QUIET).phase == "acting"


def test_a_short_idle_time_is_warned_of_for_half_of_it() -> None:
    assert Orders(idle=30).countdown == 15
    assert Orders(idle=30, most=8).countdown == 4


@pytest.mark.parametrize(
    "life",
    [BUSY, {"Jupyter": Seen(traces={"new": Trace(1, "a cell")})}, {"other": BUSY["Jupyter"]}],
)
def test_any_sign_of_life_breaks_the_countdown_off(life: dict[str, Seen]) -> None:
    decider = Decider(Orders(idle=1000), 0)
    assert looks(decider, 1, 999, QUIET).phase == "countdown"
    assert decider.look(999.5, life).phase == "guarding"
    assert looks(decider, 1000, 1800, life).phase == "guarding"


def test_checkpoints_are_asked_for_in_the_last_minute_and_waited_for() -> None:
    decider = Decider(Orders(idle=1000), 0)
    assert not looks(decider, 1, 939, QUIET).save
    assert looks(decider, 940, 940, QUIET).save
    assert looks(decider, 1000, 1010, QUIET, unsaved=1).phase == "saving"
    assert looks(decider, 1011, 1011, QUIET).phase == "acting"


def test_a_run_that_writes_no_checkpoint_is_not_waited_for_for_ever() -> None:
    decider = Decider(Orders(idle=1000), 0)
    end = 1000 + int(PATIENCE)
    assert looks(decider, 1, end - 1, QUIET, unsaved=1).phase == "saving"
    assert looks(decider, end, end, QUIET, unsaved=1).phase == "acting"


def test_a_sign_of_life_while_checkpoints_are_written_is_in_time() -> None:
    decider = Decider(Orders(idle=1000), 0)
    assert looks(decider, 1, 1010, QUIET, unsaved=1).phase == "saving"
    assert decider.look(1011, BUSY, unsaved=1).phase == "guarding"


def test_it_never_acts_while_something_cannot_be_asked() -> None:
    decider = Decider(Orders(idle=1000), 0)
    assert looks(decider, 1, 100_000, DEAF).phase == "guarding"
    assert looks(decider, 100_001, 100_120, QUIET) == Decision("countdown", 100_121, save=True)
    assert looks(decider, 100_121, 100_121, QUIET).phase == "acting"


def test_a_countdown_at_whose_end_something_cannot_be_asked_begins_anew() -> None:
    decider = Decider(Orders(idle=1000), 0)
    assert looks(decider, 1, 900, QUIET).phase == "countdown"
    assert looks(decider, 901, 999, DEAF).phase == "countdown"
    assert looks(decider, 1000, 1001, DEAF).phase == "guarding"
    assert looks(decider, 1002, 1121, QUIET).deadline == 1122


def test_it_counts_down_to_its_latest_moment_whatever_happens() -> None:
    decider = Decider(Orders(idle=1000, most=5000), 0)
    assert looks(decider, 1, 4879, BUSY).phase == "guarding"
    assert looks(decider, 4880, 4999, {**BUSY, "other": DEAF["Jupyter"]}).latest
    assert looks(decider, 5000, 5000, BUSY) == Decision("acting", 5000, latest=True, save=True)


def test_after_a_sleep_over_the_latest_moment_it_warns_first() -> None:
    decider = Decider(Orders(idle=1000, most=5000), 0)
    decider.look(1, QUIET)
    assert decider.look(9000, QUIET, away=8999) == Decision("countdown", 9120, latest=True)


def test_it_says_when_the_next_thing_is_due() -> None:
    decider = Decider(Orders(idle=1000, most=5000), 0)
    assert decider.next(10, decider.look(10, QUIET)) == 870
    assert decider.next(880, decider.look(880, QUIET)) == 60
    assert decider.next(940, decider.look(940, QUIET)) == 60
