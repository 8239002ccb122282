"""One check in a process of its own, which may hang or crash without harm to the others."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TextIO

from coursekit.app.doctor.checks import CHECKS, Check
from coursekit.app.doctor.finding import Finding, broken, in_two
from coursekit.core.errors import CourseError, sentence

REPORT_IT = "Show this report to whoever helps you: the check itself met something unforeseen."


def careful(check: Check) -> Iterator[Finding]:
    """What the check finds; where it fails itself, that is its last finding."""
    try:
        yield from check.findings()
    except CourseError as error:
        says, remedy = in_two(sentence(error))
        yield broken(says, remedy or REPORT_IT)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks go on
        yield broken(f"The check {check.name} failed. {sentence(error)}", REPORT_IT)


def answers() -> TextIO:
    """Where the findings go; whatever else is printed goes to stderr, C code's output too."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return out


def main(name: str) -> None:
    """Writes each finding as a line of JSON as soon as there is one."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what it started is ended
    with answers() as out:
        for finding in careful(CHECKS[name]):
            print(json.dumps(asdict(finding)), file=out, flush=True)
