from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_accounts import OTHER, another_account, needs_two, open_folder
from support_watchdog import kept

from coursekit.core.errors import CourseError
from coursekit.machine import watchdog
from coursekit.machine.watchdog.orders import Arming
from coursekit.machine.watchdog.standing import SILENT, State, is_held, lock


@pytest.fixture
def alive(home: Path) -> Iterator[None]:
    """A watchdog that lives, as far as its lock says."""
    (home / "state").mkdir(exist_ok=True)
    with lock().acquire(timeout=5):
        yield


def test_without_one_nothing_is_guarded() -> None:
    assert watchdog.state() == State("off")
    assert not watchdog.state().guarded
    assert "nothing is ever stopped" in watchdog.sentence(watchdog.state())


@pytest.mark.usefixtures("alive")
def test_one_that_lives_says_how_it_stands() -> None:
    it = kept()
    assert watchdog.state() == it
    assert it.guarded
    assert 60 <= watchdog.state().quiet() < 70
    assert watchdog.state().left() is None
    it = kept(phase="countdown", deadline=time.monotonic() + 90)
    assert watchdog.state() == it
    assert 80 < (it.left() or 0) <= 90


@pytest.mark.parametrize("phase", ["guarding", "countdown", "saving"])
def test_one_that_died_does_not_guard(phase: str) -> None:
    kept(phase=phase, deadline=time.monotonic() + 9)
    it = watchdog.state()
    assert (it.phase, it.guarded, it.left()) == ("lost", False, None)
    assert watchdog.sentence(it).startswith("Not guarded. It was ended from outside")


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize("shift", [-SILENT - 5, 3600])
def test_of_one_that_lives_but_says_nothing_more_is_said(shift: float) -> None:
    kept(clock=time.monotonic() + shift, phase="countdown", deadline=time.monotonic() + 90)
    it = watchdog.state()
    assert (it.phase, it.guarded, it.left()) == ("silent", True, None)
    assert watchdog.sentence(it).startswith("The watchdog is at work, but says no more how it")
    with pytest.raises(CourseError, match=r"armed already: after 45 min .* runs `true`\. End that"):
        watchdog.arm(60, "true")


@pytest.mark.usefixtures("alive")
def test_one_on_another_machine_guards_that_and_its_clock_is_not_asked() -> None:
    kept(place="another", host="ada", clock=1e9, phase="countdown", deadline=1e9)
    it = watchdog.state()
    assert (it.phase, it.guarded, it.left()) == ("elsewhere", False, None)
    assert "armed, on another machine or in another container (ada)" in watchdog.sentence(it)
    with pytest.raises(
        CourseError, match=r"armed already, on another machine .* \(ada\): after 45"
    ):
        watchdog.arm(60, "true")


def test_one_that_died_on_another_machine_is_lost() -> None:
    kept(place="another", host="ada")
    assert watchdog.state().phase == "lost"


def test_only_this_account_reads_it(home: Path) -> None:
    kept()
    with lock().acquire():
        assert (home / "state" / "watchdog.json").stat().st_mode & 0o777 == 0o600
        assert (home / "state" / "watchdog.lock").read_bytes() == b""


@needs_two
def test_another_accounts_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coursekit.machine.watchdog.arming.ENDS", 0.3)
    with open_folder() as place:
        monkeypatch.setenv("COURSEKIT_HOME", str(place))
        kept()
        (place / "state").chmod(0o777)
        with lock().acquire(), another_account():
            it = watchdog.state()
            assert it.guarded
            assert watchdog.sentence(it).startswith("Guarded. Another account's watchdog is at")
            with pytest.raises(CourseError, match=r"armed already, or may be\. Another account"):
                watchdog.arm(60, "true")
            with pytest.raises(CourseError, match=r"can't be read\. Whoever armed it can end it"):
                watchdog.off()


@needs_two
def test_where_another_accounts_has_ended_nothing_is_guarded_and_it_is_said_whose_the_lock_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_folder() as place:
        monkeypatch.setenv("COURSEKIT_HOME", str(place))
        kept()
        (place / "state").chmod(0o777)
        with lock().acquire():
            pass
        with another_account():
            assert watchdog.state().phase == "off"
            assert not watchdog.off()
        # its process, as that account: which may not start the Python of these tests
        code = (
            "import os, sys; from coursekit.machine.watchdog import __main__ as its;"
            f"os.fork = lambda: 0; os.seteuid({OTHER}); sys.exit(its.main())"
        )
        told = Arming("id", 60.0, None, "true", False, "").to_json()
        done = subprocess.run(
            [sys.executable, "-c", code], input=told, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stderr.endswith(
            "watchdog.lock belongs to another account, which can remove it.\n"
        )


def test_one_that_ended_in_good_order_while_it_was_asked_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept()

    def ends() -> bool:
        kept(phase="off")
        return False

    monkeypatch.setattr("coursekit.machine.watchdog.standing.is_held", ends)
    assert watchdog.state().phase == "off"


def test_one_that_ended_with_the_machine_that_it_stopped_has_acted() -> None:
    kept(phase="acting")
    assert watchdog.state().phase == "acted"


@pytest.mark.parametrize("phase", ["acted", "rehearsed", "failed", "off"])
def test_what_came_of_it_stays(phase: str) -> None:
    assert watchdog.state().phase == "off"
    kept(phase=phase, why="There was no sign of life.")
    assert watchdog.state().phase == phase
    assert not watchdog.state().guarded


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "phase": "asleep"}', "\x00\xff"],
)
def test_a_damaged_file_guards_nothing(home: Path, text: str) -> None:
    kept()
    (home / "state" / "watchdog.json").write_text(text, encoding="latin-1")
    assert watchdog.state().phase == "lost"


@pytest.mark.parametrize("name", ["clock", "pid", "idle", "since", "beat"])
def test_a_figure_that_is_none_guards_nothing(home: Path, name: str) -> None:
    kept()
    file = home / "state" / "watchdog.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {name: "soon"}))
    assert watchdog.state().phase == "lost"


def test_a_file_of_a_later_version_may_say_more(home: Path) -> None:
    it = kept(phase="off")
    file = home / "state" / "watchdog.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"mood": "good"}))
    assert watchdog.state() == it


def test_to_ask_whether_one_lives_leaves_the_lock_free() -> None:
    assert not is_held()
    with lock().acquire(timeout=0):
        assert is_held()
    assert not is_held()
