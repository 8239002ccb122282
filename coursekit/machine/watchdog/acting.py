"""What the watchdog does in the end: run one command, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress

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

    It may not: a command that became another account's, by `sudo`, can't be ended from here.
    """
    for kill in (False, True):
        with suppress(ProcessLookupError, PermissionError):
            _signal(command, kill)
        with suppress(subprocess.TimeoutExpired):
            command.wait(ENDS)
    return command.poll() is not None


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
