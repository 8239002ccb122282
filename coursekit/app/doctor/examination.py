"""Does the checks one after the other, each in a process of its own with a time limit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from coursekit.app.doctor.checks import Check
from coursekit.app.doctor.finding import STATES, Finding, State, broken
from coursekit.app.doctor.masking import Mask
from coursekit.app.doctor.outside import last_line
from coursekit.core.errors import sentence

RUN = "import sys; sys.path.append(sys.argv.pop()); import coursekit.app.doctor.child as it; "
RUN += "it.main(sys.argv[1])"
PACKAGES = str(Path(__file__).parents[3])
"""Where coursekit lies; last, so that whatever would come before it in a notebook still does."""

GRACE = 5.0
"""Seconds for a check whose time is up to end what it has started."""


@dataclass(frozen=True)
class Examined:
    """What one check found.

    Attributes:
        check: Its name.
        seconds: How long it took.
        findings: In the order in which it found them; masked.
    """

    check: str
    seconds: float
    findings: tuple[Finding, ...]

    @cached_property
    def state(self) -> State:
        """The worst of what it found."""
        return worst(it.state for it in self.findings)


def worst(states: Iterable[State]) -> State:
    """The worst of several; "fine" where there are none."""
    return max(states, key=STATES.index, default="fine")


def examine(check: Check, mask: Mask) -> Examined:
    """Does one check; it never raises for what the check does or does not."""
    began = time.monotonic()
    try:
        found = done(check)
    except OSError as error:  # no memory for a process, say
        says = f"The check {check.name} can't be started. {sentence(error)}"
        found = [broken(says, "End other programs, then try again.")]
    masked = (replace(it, says=mask(it.says), remedy=mask(it.remedy)) for it in found)
    return Examined(check.name, time.monotonic() - began, tuple(masked))


def done(check: Check) -> list[Finding]:
    """What a check finds in its process, and how that ended where it did not end well.

    Raises:
        OSError: There is no process to be had.
    """
    process = subprocess.Popen(  # noqa: S603 - this very Python
        [sys.executable, "-P", "-c", RUN, check.name, PACKAGES],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    late = False
    try:
        out, err = process.communicate(timeout=check.seconds)
    except subprocess.TimeoutExpired:
        late = True
        out, err = stopped(process)
    except BaseException:  # a Ctrl-C, say
        stopped(process)
        raise
    return [*said(out), *troubles(check, late, process.returncode, err)]


def stopped(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Ends a check and what it has started: asks first, then does it. What it wrote until then."""
    for kill in (False, True):
        _end(process, kill)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=GRACE)
    return "", ""  # something that it started holds on to the pipes


def _end(process: subprocess.Popen[str], kill: bool) -> None:
    with suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
        else:
            process.kill()


def said(out: str) -> list[Finding]:
    """The findings that a check wrote, as far as it came."""
    found = []
    for line in out.splitlines():
        with suppress(ValueError, TypeError):
            found.append(Finding(**json.loads(line)))
    return found


def troubles(check: Check, late: bool, status: int | None, err: str) -> list[Finding]:
    """How the process itself ended, where it did not end well."""
    last = last_line(err)
    words = f" Its last words: {last}" if last else ""
    if late:
        return [
            broken(
                f"The check {check.name} did not end within {check.seconds:.0f} s.{words}",
                "If the machine is busy, run it again: "
                f"coursekit doctor --only {check.name}. Else a disk or a server may not answer.",
            )
        ]
    if status:
        return [
            broken(
                f"The check {check.name} ended {_how(status)}.{words}",
                "Show this report to whoever helps you.",
            )
        ]
    return []


def _how(status: int) -> str:
    """`by a crash (SIGSEGV)`, `with status 1`."""
    if status >= 0:
        return f"early, with status {status}"
    with suppress(ValueError):
        name = signal.Signals(-status).name
        if name == "SIGKILL":
            return "because the system killed it; the memory may have run out"
        return f"with a crash ({name})"
    return f"with status {status}"
