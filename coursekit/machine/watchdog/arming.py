"""Arming the watchdog, and switching it off: only one watches at a time."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from coursekit.core import paths
from coursekit.core.errors import CourseError, unwritten
from coursekit.machine.watchdog import switch, words
from coursekit.machine.watchdog.orders import Arming
from coursekit.machine.watchdog.standing import FILE, State, is_held, state
from coursekit.machine.watchdog.starting import NotStarted, started

ENDS = 15.0
"""Seconds for it to end once it was told to; it may wait for servers, or for its command's end."""


class AlreadyArmed(CourseError):
    """A second watchdog was armed."""

    def __init__(self, it: State) -> None:
        told = f"{words.place(it)}: {words.terms(it)}." if it.idle else f", or may be. {it.why}"
        super().__init__(
            f"A watchdog is armed already{told} End that one first with `coursekit watch --off`."
        )


class TooLate(CourseError):
    """It was switched off once it had acted."""

    def __init__(self, it: State) -> None:
        super().__init__(f"It was too late to switch the watchdog off. {it.why}")


def arm(idle: float, command: str, most: float | None = None, dry_run: bool = False) -> State:
    """Starts the watchdog as a process of its own, which outlives this one.

    Args:
        idle: Seconds without a sign of life after which it acts, more than 0.
        command: What it then runs through the shell, once; "" to stop the machine as its provider
            says.
        most: Seconds after which it acts whatever happens, more than 0; None for never.
        dry_run: Whether it only says what it would do.

    Returns:
        How it stands.

    Raises:
        AlreadyArmed: One is at work.
        CourseError: A time is no time, this machine's provider can't stop it from here, or the
            process can't start.
    """
    for seconds in (idle, most):
        _check_time(seconds)
    if is_held():
        raise AlreadyArmed(state())
    if not command:
        _check_provider()
    arming = Arming(secrets.token_hex(8), idle, most, command, dry_run, _runtime())
    with started(arming) as said:
        it = state()
        if it.id != arming.id:
            raise AlreadyArmed(it) if it.guarded else NotStarted(said)
    return it


def off() -> bool:
    """Ends the watchdog, and the command that it runs; nothing is stopped any more.

    Returns:
        Whether one was at work.

    Raises:
        TooLate: Its command has run, or runs and can't be ended.
        CourseError: It does not end, or can't be told to.
    """
    there = is_held()
    if there and not _until(_ended, ENDS):
        raise CourseError(_stays(state()))
    it = state()
    if there and it.phase in ("acted", "failed"):
        raise TooLate(it)
    if it.phase != "off":
        _forget(it)
    return there


def _forget(it: State) -> None:
    """Keeps that it is off; where the disk has no room for that, takes away what it said."""
    try:
        replace(it, phase="off", deadline=None, why="").write()
    except OSError:
        with suppress(OSError):
            (paths.home() / "state" / FILE).unlink()


def _ended() -> bool:
    """Whether it has ended; it is told to, and each time, for another may have just begun."""
    if not is_held():
        return True
    if it := state().id:
        try:
            switch.turn_off(it)
        except OSError as error:
            raise CourseError(f"{_stays(state())} It can't be told: {unwritten(error)}.") from error
    return False


def _stays(it: State) -> str:
    if not it.id:
        return (
            "A watchdog is at work, but what it says of itself can't be read. Whoever armed it can "
            "end it: `coursekit watch --off`, or the process coursekit.machine.watchdog."
        )
    return f"The watchdog does not end. End its process yourself: {it.pid} on {it.host}."


def _check_time(seconds: float | None) -> None:
    if seconds is not None and not 0 < seconds < math.inf:
        raise CourseError(f"A watchdog needs a time of more than 0 seconds, not {seconds}.")


def _check_provider() -> None:
    from coursekit.machine.providers import recognise

    provider = recognise()
    if not provider.can_stop:
        raise CourseError(
            f"{provider.name} can't be stopped from here. {provider.stop} Or name a command that "
            "does it."
        )


def _runtime() -> str:
    from jupyter_core.paths import jupyter_runtime_dir

    return str(jupyter_runtime_dir())


def _until(there: Callable[[], bool], seconds: float) -> bool:
    """Whether it came within so many seconds."""
    end = time.monotonic() + seconds
    while not (came := there()) and time.monotonic() < end:
        time.sleep(0.1)
    return came
