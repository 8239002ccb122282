"""Starting the watchdog's process, and hearing from it until it watches."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import IO, Any, cast

from coursekit.core.errors import CourseError
from coursekit.machine.watchdog.orders import Arming

STARTS = 20.0
"""Seconds for its process to watch, or to say why it does not."""


class NotStarted(CourseError):
    """Its process does not watch; `said` is what came from there."""

    def __init__(self, said: str) -> None:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        why = lines[-1] if lines else "its process ended without a word."
        super().__init__(f"The watchdog could not start: {why}")


@contextmanager
def started(arming: Arming) -> Iterator[str]:
    """Starts the process, apart from this one's terminal and session.

    Gives what it said before it watched: nothing where all went well. Where the block fails, or
    somebody breaks it off, the process ends.

    Raises:
        NotStarted: It neither watches nor ends within `STARTS`.
    """
    process = subprocess.Popen(_command(), **_streams(), **_apart())  # noqa: S603 - ourselves
    orders, answer = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
    said: list[str] = []
    reader = Thread(target=lambda: said.append(answer.read()), daemon=True)
    reader.start()
    try:
        with suppress(BrokenPipeError), orders:  # it may have ended before it heard
            orders.write(arming.to_json())
        reader.join(STARTS)
        if reader.is_alive():
            raise NotStarted(f"its process did not answer within {STARTS:.0f} s.")
        yield said[0]
    except BaseException:
        _end(process)
        raise
    finally:
        reader.join(STARTS)
        answer.close()
        if hasattr(os, "fork"):
            process.wait(STARTS)  # it goes on in a process that is nobody's child


def _command() -> list[str]:
    """Without the orders, which all accounts could read there: those go through its input."""
    return [sys.executable, "-P", "-m", "coursekit.machine.watchdog"]


def _streams() -> dict[str, Any]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return {**pipes, "text": True, "encoding": "utf-8", "errors": "replace"}


def _apart() -> dict[str, Any]:
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        return {"creationflags": flags}
    return {"start_new_session": True}


def _end(process: subprocess.Popen[str]) -> None:
    """Ends what was just started, and its child, which is in the group that it leads."""
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
