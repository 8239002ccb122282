from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from coursekit.core import executing

OTHER = """
import time
from coursekit.core import executing
executing.begin()
print("begun", flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _ended() -> None:
    executing.end()


def test_a_cell_runs_from_its_begin_to_its_end_and_leaves_nothing(home: Path) -> None:
    assert not executing.runs()
    executing.begin()
    assert executing.runs()
    executing.begin()  # the end of the one before was missed
    assert executing.runs()
    executing.end()
    executing.end()
    assert not executing.runs()
    assert list((home / "state" / executing.FOLDER).iterdir()) == []


def test_another_process_sees_it_and_no_longer_once_that_is_killed(home: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OTHER], stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"begun\n"
        assert executing.runs()
        other.send_signal(signal.SIGKILL)
    assert not executing.runs()
    (left,) = (home / "state" / executing.FOLDER).iterdir()
    os.utime(left, (1e9, 1e9))
    assert not executing.runs()
    assert not left.exists()


def test_a_glance_at_it_at_the_wrong_moment_does_not_hide_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executing, "GLANCE", 30.0)
    monkeypatch.setattr(executing.secrets, "token_hex", lambda _: "it")
    executing.begin()
    executing.end()
    file = home / "state" / executing.FOLDER / f"{os.getpid()}-it.lock"
    glance = FileLock(file, thread_local=False)
    glance.acquire()
    timer = threading.Timer(0.1, glance.release)
    timer.start()
    executing.begin()
    timer.join()
    assert executing.runs()
    executing.end()


def test_a_process_of_the_same_number_on_another_machine_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(executing, "GLANCE", 30.0)
    executing.begin()
    theirs = executing._held.pop()
    began = time.monotonic()
    executing.begin()
    assert time.monotonic() - began < executing.GLANCE
    executing.end()
    assert executing.runs()
    theirs.release()
    assert not executing.runs()


def test_a_home_that_cannot_be_written_keeps_no_cell_from_running(home: Path) -> None:
    (home / "state").touch()
    executing.begin()
    executing.end()
    with pytest.raises(OSError, match="Not a directory"):
        executing.runs()
