"""Arming and switching off, where something stands against it."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from support_disks import disk_of, fill
from support_jupyter import until
from support_watchdog import disarm, kept, lives

from coursekit.core.errors import CourseError
from coursekit.machine import watchdog
from coursekit.machine.watchdog import arming, starting
from coursekit.machine.watchdog.standing import is_held, lock


@pytest.fixture(autouse=True)
def _ended(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    yield
    disarm()


@pytest.mark.parametrize("seconds", [0, -5, math.nan, math.inf])
def test_a_time_that_is_none_is_refused(seconds: float) -> None:
    words = f"needs a time of more than 0 seconds, not {seconds}"
    with pytest.raises(CourseError, match=words):
        watchdog.arm(seconds, "true")
    with pytest.raises(CourseError, match=words):
        watchdog.arm(60, "true", most=seconds)
    assert not is_held()


def test_a_second_one_is_refused_with_the_command_as_it_is(home: Path) -> None:
    (home / "state").mkdir()
    with lock().acquire():
        kept(command="Shutdown NOW", id="one")
        with pytest.raises(CourseError, match=r"already: after 45 min .* it runs `Shutdown NOW`"):
            watchdog.arm(60, "true")
        kept(phase="off")


def test_a_process_with_the_same_number_elsewhere_is_left_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arming, "ENDS", 1.0)
    (home / "state").mkdir()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        with lock().acquire():  # as by a watchdog in another container
            kept(pid=other.pid, id="theirs", place="another", host="ada")
            with pytest.raises(CourseError, match=f"End its process yourself: {other.pid} on ada"):
                watchdog.off()
        assert (home / "state" / "watchdog-off-theirs").exists()
        assert other.poll() is None
        other.communicate(b"\n")


def test_one_that_cannot_say_how_it_stands_does_not_begin_and_says_why(home: Path) -> None:
    (home / "state" / "watchdog.json" / "full").mkdir(parents=True)  # nothing takes its place
    began = time.monotonic()
    with pytest.raises(CourseError, match=r"could not start: .*state can't be written: .+\."):
        watchdog.arm(60, "true")
    assert time.monotonic() - began < starting.STARTS
    assert not is_held()


def test_on_a_full_disk_it_does_not_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with disk_of(tmp_path / "disk", "64k") as place:
        monkeypatch.setenv("COURSEKIT_HOME", str(place))
        fill(place, 0)
        with pytest.raises(CourseError, match=r"could not start: .*no space left on device\."):
            watchdog.arm(60, "true")
        assert not is_held()


def test_on_a_disk_that_becomes_full_it_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with disk_of(tmp_path / "disk", "64k") as place:
        monkeypatch.setenv("COURSEKIT_HOME", str(place))
        watchdog.arm(3600, "true")
        fill(place, 0)
        assert watchdog.off()
        assert not is_held()
        assert watchdog.state().phase == "off"


def test_from_another_container_it_is_seen_and_switched_off() -> None:
    apart = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-m", "coursekit.cli"]
    if not shutil.which("unshare") or subprocess.run([*apart, "--help"], check=False).returncode:
        pytest.skip("no other room for processes can be had here")
    it = watchdog.arm(3600, "true")
    seen = subprocess.run([*apart, "watch", "--status"], capture_output=True, text=True)
    assert "armed, on another machine or in another container" in seen.stdout
    off = subprocess.run([*apart, "watch", "--off"], capture_output=True, text=True)
    assert off.stdout == "Switched off.\n"
    until(lambda: not lives(it.pid), "its end")


def test_one_that_breaks_down_at_its_start_says_why(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import sys; sys.stdin.read(); raise OSError('no such luck\\n\\n')"
    monkeypatch.setattr(starting, "_command", lambda: [sys.executable, "-c", code])
    with pytest.raises(CourseError, match="could not start: OSError: no such luck"):
        watchdog.arm(60, "true")
    monkeypatch.setattr(starting, "_command", lambda: [sys.executable, "-c", ""])
    with pytest.raises(CourseError, match="could not start: its process ended without a word"):
        watchdog.arm(60, "true")


def test_one_that_does_not_answer_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import os, pathlib, sys, time; os.fork() and os._exit(0)\n"
        "pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(60)"
    )
    told = tmp_path / "pid"
    monkeypatch.setattr(starting, "_command", lambda: [sys.executable, "-c", code, str(told)])
    monkeypatch.setattr(starting, "STARTS", 6.0)
    with pytest.raises(CourseError, match="its process did not answer within 6 s"):
        watchdog.arm(60, "true")
    until(lambda: not lives(int(told.read_text())), "its end")


def test_its_command_stays_off_the_list_of_processes(home: Path) -> None:
    it = watchdog.arm(3600, "echo a secret")
    assert "secret" not in " ".join(psutil.Process(it.pid).cmdline())
    files = [file for file in (home / "state").iterdir() if file.name.startswith("watchdog")]
    assert {file.name for file in files} == {"watchdog.json", "watchdog.lock", "watchdog.log"}
    mine = [file for file in files if file.suffix != ".lock"]  # that is empty, and to be asked
    assert {file.stat().st_mode & 0o777 for file in mine} == {0o600}
