"""Arming the watchdog, and switching it off: only one watches at a time."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from coursekit.core.errors import CourseError
from coursekit.machine.watchdog import log, words
from coursekit.machine.watchdog.orders import Arming
from coursekit.machine.watchdog.standing import State, is_held, state

STARTS = 20.0
"""Seconds for its process to say that it is there."""

ENDS = 10.0
"""Seconds for it to end once it was told to."""


class AlreadyArmed(CourseError):
    """A second watchdog was armed."""

    def __init__(self, it: State) -> None:
        super().__init__(
            f"A watchdog is armed already: {words.orders(it)[:-1].lower()}. End that one first "
            "with `coursekit watch --off`."
        )


def arm(idle: float, command: str, most: float | None = None, dry_run: bool = False) -> State:
    """Starts the watchdog as a process of its own, which outlives this one.

    Args:
        idle: Seconds without a sign of life after which it acts.
        command: What it then runs through the shell, once; "" to stop the machine as its provider
            says.
        most: Seconds after which it acts whatever happens; None for never.
        dry_run: Whether it only says what it would do.

    Returns:
        How it stands.

    Raises:
        AlreadyArmed: One is at work.
        CourseError: This machine's provider can't stop it from here, or the process can't start.
    """
    if is_held():
        raise AlreadyArmed(state())
    if not command:
        _check_provider()
    arming = Arming(secrets.token_hex(8), idle, most, command, dry_run, _runtime())
    _start(arming)
    if not _until(lambda: state().id == arming.id, STARTS):
        if (other := state()).guarded:
            raise AlreadyArmed(other)
        said = " ".join(log.last(1))
        raise CourseError(f"The watchdog could not start. {log.path()} may say why: {said}")
    return state()


def off() -> bool:
    """Ends the watchdog; nothing is stopped any more. Whether one was at work.

    Raises:
        CourseError: Its process does not end.
    """
    kept, there = state(), is_held()
    if there:
        with suppress(ProcessLookupError):
            os.kill(_process(kept), signal.SIGTERM)
        if not _until(lambda: not is_held(), ENDS):
            raise CourseError(f"The watchdog does not end. End its process yourself: {kept.pid}.")
        log.say("Switched off.")
    if kept.phase != "off":
        with suppress(OSError):
            replace(kept, phase="off", deadline=None, why="").write()
    return there


def _process(kept: State) -> int:
    if not kept.pid:
        raise CourseError(
            "A watchdog is at work, but what it says of itself can't be read. End the process "
            "coursekit.machine.watchdog yourself."
        )
    return kept.pid


def _check_provider() -> None:
    from coursekit.machine.providers import recognise

    provider = recognise()
    if not provider.can_stop:
        raise CourseError(
            f"{provider.name} can't be stopped from here: {provider.stop} Or name a command with "
            "--then."
        )


def _runtime() -> str:
    from jupyter_core.paths import jupyter_runtime_dir

    return str(jupyter_runtime_dir())


def _start(arming: Arming) -> None:
    """Starts the process apart from this one's terminal and session."""
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    command = [sys.executable, "-P", "-m", "coursekit.machine.watchdog", arming.to_json()]
    nothing: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    process = subprocess.Popen(command, **nothing, **apart)  # noqa: S603 - ourselves
    if hasattr(os, "fork"):
        process.wait(STARTS)  # it goes on in a process that is nobody's child


def _until(there: Callable[[], bool], seconds: float) -> bool:
    """Whether it came within so many seconds."""
    end = time.monotonic() + seconds
    while not (came := there()) and time.monotonic() < end:
        time.sleep(0.1)
    return came
