"""The reminder in a real kernel: what it reads, and when."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support_kernel import FrontEnd, kernel

SHOW = """
import threading, time
from coursekit.machine import cost, providers, reader
from coursekit.machine.providers.own import PC
providers.recognise = lambda *_: PC
from coursekit.panels.reminder import reminder, watching
watching.TICK, watching.EVERY = 0.1, 0.5
from coursekit import LookUp
LookUp()
"""
STANDS = "(reader._reader is not None, reminder().on)"


def becomes(read: bool, on: bool) -> str:
    """Waits until it is so that the machine was read, and that the reminder is on; or 30 s."""
    return (
        "end = time.monotonic() + 30\n"
        f"while {STANDS} != ({read}, {on}) and time.monotonic() < end: time.sleep(0.1)\n"
        f"print({STANDS})"
    )


def threads(front: FrontEnd) -> set[str]:
    names = front.run("print(*(it.name for it in threading.enumerate()), sep='\\n')").splitlines()
    return {it for it in names if it.startswith("coursekit")}


@pytest.mark.slow
def test_on_a_free_pc_a_panel_reads_nothing_of_the_machine_until_a_price_is_typed(
    tmp_path: Path,
) -> None:
    with kernel(os.environ | {"COURSEKIT_HOME": str(tmp_path)}) as front:
        front.run(SHOW)
        assert front.run(f"time.sleep(2); print({STANDS})") == "(False, False)\n"
        assert threads(front) == {"coursekit-reminder"}
        front.run("cost.set_rate('0.526 $')")
        assert front.run(becomes(True, True)) == "(True, True)\n"
        assert threads(front) == {"coursekit-reminder"}
        front.run("cost.set_rate('')")
        assert front.run(becomes(True, False)) == "(True, False)\n"
