"""Whether the watchdog's command has ended with all that it started, also as another account."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support_accounts import OTHER, needs_two

MIXED = f"""
import os, sys, time
from coursekit.machine.watchdog import acting

become = "import os; os.setuid({OTHER}); os.execv('/bin/sleep', ['sleep', '60'])"
command = acting.start(f'sleep 20 & exec {{sys.executable}} -c "{{become}}"')
while os.stat(f"/proc/{{command.pid}}").st_uid != {OTHER}:
    time.sleep(0.01)
os.setuid({OTHER})
acting.ENDS = 0.5
print(acting.end(command), command.poll())
"""
"""A command of root's, the rest of which becomes another account's, ended by that."""

UNASKED = """
import ctypes
from coursekit.machine.watchdog import acting

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # orphans are this process's, as a container's first one's
command = acting.start("sleep 60 & wait")
print(acting.end(command))
"""


def printed(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@needs_two
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux whose a process is")
def test_what_goes_on_as_another_account_was_not_ended() -> None:
    assert printed(MIXED) == "False -15\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it so")
def test_what_has_ended_but_was_not_asked_how_is_over() -> None:
    assert printed(UNASKED) == "True\n"
