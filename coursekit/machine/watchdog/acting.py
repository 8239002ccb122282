"""What the watchdog does in the end: run one command, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

import psutil

from coursekit.machine.watchdog import log

STOP = "coursekit.machine.watchdog.stop"

ENDS = 3.0
"""Seconds for a command to end by itself once it was asked to."""


def start(command: str) -> subprocess.Popen[bytes]:
    """Runs `command` through the shell, or what stops this machine where that is "".

    What it prints goes to the log; it asks nobody anything.

    Raises:
        OSError: It can't be run.
    """
    how = command or [sys.executable, "-P", "-m", STOP]
    with open(_output(), "ab") as output:  # noqa: PTH123 - os.devnull is no path
        return subprocess.Popen(  # noqa: S603 - somebody armed the watchdog with just this
            how,
            shell=bool(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(command: subprocess.Popen[bytes]) -> bool:
    """Ends what `start` began, with all that it started in its session; whether that went.

    It may not: what became another account's, by `sudo`, can't be ended from here.
    """
    for kill in (False, True):
        with suppress(ProcessLookupError, PermissionError):
            _signal(command, kill)
        if _ends(command):
            return True
    return False


def _ends(command: subprocess.Popen[bytes]) -> bool:
    """Whether it, and all of its group, ends within `ENDS`."""
    end = time.monotonic() + ENDS
    while command.poll() is None or _is_left(command.pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _is_left(group: int) -> bool:
    """Whether some process of a group runs, of whatever account."""
    if sys.platform == "win32":
        return False
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # in a container nobody may ask how what has ended went, and it keeps its number for that
    return any(_runs(it, group) for it in psutil.process_iter(["status"]))


def _runs(process: Any, group: int) -> bool:
    with suppress(OSError):
        return os.getpgid(process.pid) == group and process.info["status"] != "zombie"
    return False


def _signal(command: subprocess.Popen[bytes], kill: bool) -> None:
    if sys.platform == "win32":
        command.terminate()
    else:
        os.killpg(command.pid, signal.SIGKILL if kill else signal.SIGTERM)


def _output() -> str:
    """The log; where that can't be written, nowhere."""
    with suppress(OSError):
        return str(log.made())
    return os.devnull
