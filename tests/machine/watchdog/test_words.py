from __future__ import annotations

import time

import pytest

from coursekit.machine.watchdog.standing import State
from coursekit.machine.watchdog.words import line, sentence


def told(**how: object) -> State:
    now = time.monotonic()
    about = {"phase": "guarding", "idle": 2700.0, "command": "sudo poweroff", "sign": "a cell"}
    return State(**{**about, "clock": now, "since": now - 720, **how})  # type: ignore[arg-type]


def test_it_says_what_it_was_told_and_what_it_saw_last() -> None:
    assert sentence(told()) == (
        "Guarded. After 45 min without a sign of life it runs `sudo poweroff`. "
        "The last sign, 12 min ago: a cell."
    )
    assert line(told()) == "Nothing done for 12 min of 45 min"
    assert "and after 8 h whatever happens it" in sentence(told(most=28_800.0))
    assert "it stops this machine as its provider says." in sentence(told(command=""))
    assert "it only says so (in earnest it runs" in sentence(told(dry_run=True))


def test_it_says_why_it_does_not_act() -> None:
    deaf = told(unknown="Jupyter at http://127.0.0.1:8888/ does not answer.")
    assert sentence(deaf).endswith(
        "It does not act on that now: Jupyter at http://127.0.0.1:8888/ does not answer."
    )
    assert line(deaf).endswith("something can't be asked")


def test_a_countdown_says_what_puts_it_off() -> None:
    soon = told(phase="countdown", deadline=time.monotonic() + 90.4)
    assert sentence(soon) == (
        "In 1 min 30 s it runs `sudo poweroff`. Nothing was done for 12 min; whatever you do now "
        "puts that off."
    )
    assert line(soon) == "It acts in 1 min 30 s, unless there is any sign of life"
    last = told(phase="countdown", deadline=time.monotonic() + 9.4, latest=True, most=28_800.0)
    assert sentence(last) == (
        "In 9 s it runs `sudo poweroff`. Its 8 h end then, so that is put off by nothing. "
        "`coursekit watch --off` ends that."
    )


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("saving", "It waits for a training to write a checkpoint; then it runs `sudo poweroff`."),
        ("acting", "It runs `sudo poweroff` now."),
        ("silent", "Guarded. So it was."),
        ("acted", "Not guarded any more. So it was."),
        ("rehearsed", "Not guarded any more. So it was."),
        ("failed", "Not guarded. So it was. Arm it again."),
        ("lost", "Not guarded. So it was. Arm it again."),
        ("off", "Not guarded. So it was."),
        (
            "elsewhere",
            "Not guarded. This home folder's watchdog is armed, on another machine or in another "
            "container (ada). `coursekit watch --off` ends that.",
        ),
    ],
)
def test_every_way_to_stand_has_its_sentence(phase: str, words: str) -> None:
    assert sentence(told(phase=phase, why="So it was.", host="ada")) == words
    assert line(told(phase=phase, why="So it was.", host="ada")) == words


def test_one_that_says_nothing_any_more_is_said_to_be_at_work() -> None:
    assert sentence(told(phase="silent")) == (
        "The watchdog is at work, but says no more how it stands: the disk is full, or its "
        "process hangs. Free some space. `coursekit watch --off` ends that."
    )


def test_where_nobody_armed_one_nothing_is_ever_stopped() -> None:
    assert sentence(State()) == (
        "Not guarded: nobody armed a watchdog, so nothing is ever stopped."
    )
