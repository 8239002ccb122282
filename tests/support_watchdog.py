"""A watchdog's state, as it keeps it itself, and the process of one that a test armed."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from coursekit.machine import clocks, watchdog
from coursekit.machine.watchdog import starting
from coursekit.machine.watchdog.arming import TooLate
from coursekit.machine.watchdog.standing import State

ALONE = """
import sys
from pathlib import Path
from coursekit.machine import amd, nvml, traces
from coursekit.machine.watchdog.__main__ import main

nowhere = Path(sys.argv[1])
traces.TERMINALS, amd.CARDS, nvml.has_driver = nowhere, nowhere, lambda: False
sys.exit(main())
"""


def sees_only_the_test(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """What else goes on here is no sign to the watchdogs that this process arms from now on.

    They see no terminal and no GPU, and of Jupyter's servers those that name themselves in
    `folder` / `runtime`. One that another process arms, such as a kernel, sees them all.
    """
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder / "runtime"))
    command = [sys.executable, "-P", "-c", ALONE, str(folder / "nowhere")]
    monkeypatch.setattr(starting, "_command", lambda: command)


def kept(**changes: Any) -> State:
    """A state that was just written."""
    now = time.monotonic()
    it = State("guarding", 2700, None, "true", clock=now, since=now - 60, sign="a cell", pid=1)
    it = replace(it, **{"place": clocks.place(), **changes})
    it.write()
    return it


def disarm() -> None:
    """Switches it off, wherever it is; its command may have just run."""
    with suppress(TooLate):
        watchdog.off()


def lives(pid: int) -> bool:
    """Whether a process is there, and not only its number, which somebody has yet to fetch."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
