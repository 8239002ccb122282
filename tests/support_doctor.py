"""Worlds in which something is wrong, and the doctor as a command in them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import coursekit
from coursekit.app.doctor.finding import Finding

PACKAGE = Path(coursekit.__file__).parents[1]


def doctor(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`coursekit doctor`, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "coursekit.cli", "doctor", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        timeout=300,
    )


def on_path(*folders: Path) -> dict[str, str]:
    """The variable that has Python look in these folders first."""
    known = os.environ.get("PYTHONPATH", str(PACKAGE))
    return {"PYTHONPATH": os.pathsep.join([*map(str, folders), known])}


def only(findings: Iterable[Finding]) -> Finding:
    """The one finding that there is."""
    (one,) = findings
    return one


def states(findings: Iterable[Finding]) -> list[str]:
    return [it.state for it in findings]
