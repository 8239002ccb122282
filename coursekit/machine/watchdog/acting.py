"""What the watchdog does in the end: run one command, once."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

from coursekit.core import paths
from coursekit.machine.watchdog import log

STOP = "coursekit.machine.watchdog.stop"


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


def _output() -> str:
    """The log; where that can't be written, nowhere."""
    with suppress(OSError):
        paths.folder("state")
        with log.path().open("ab"):
            return str(log.path())
    return os.devnull
