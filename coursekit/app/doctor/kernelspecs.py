"""Which Pythons a Jupyter's kernels are, and whether those know coursekit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from coursekit.app.doctor.finding import Finding, broken, fine, worth_knowing
from coursekit.app.doctor.installing import quoted
from coursekit.app.doctor.jupyters import Jupyter, belongs

SECONDS = 15
DEFAULT = "python3"
KNOWS = "import importlib.util as it; print(it.find_spec('coursekit') is not None)"


def findings_of(jupyter: Jupyter) -> Iterator[Finding]:
    """What is said of a Jupyter's kernels."""
    pythons = {}
    for name, kernel in sorted(jupyter.facts["kernels"].items()):
        if not kernel["argv"]:
            yield worth_knowing(
                f"The kernel {name} can't be used: {kernel['folder']}/kernel.json is damaged.",
                remove(jupyter, name),
            )
        elif python := python_of(kernel, jupyter):
            if not shutil.which(python):
                yield _gone(jupyter, name, python)
            else:
                pythons[name] = python
    yield _which(jupyter, pythons)


def python_of(kernel: dict[str, Any], jupyter: Jupyter) -> str:
    """The Python that a kernel runs, as Jupyter finds it; "" for another language."""
    argv: list[str] = kernel["argv"]
    if "ipykernel" not in " ".join(argv):
        return ""
    if re.fullmatch(r"python[\d.]*", argv[0]):
        return jupyter.python
    return argv[0].replace("{resource_dir}", str(kernel["folder"]))


def remove(jupyter: Jupyter, name: str) -> str:
    """The command that takes a kernel away."""
    return f"{quoted(jupyter.python)} -m jupyter kernelspec remove {name}"


def _gone(jupyter: Jupyter, name: str, python: str) -> Finding:
    """A kernel whose Python is no longer there."""
    says = f"The kernel {name} can't start: its Python, {python}, is not there."
    if name == DEFAULT:
        return broken(says, f"{remove(jupyter, name)}; then {install()}")
    return worth_knowing(says, remove(jupyter, name))


def install() -> str:
    """The command that makes this Python a kernel that each Jupyter of this account sees."""
    return f"{quoted(sys.executable)} -m ipykernel install --user --name coursekit"


def _which(jupyter: Jupyter, pythons: dict[str, str]) -> Finding:
    """Whether a notebook can use coursekit, and with which kernel."""
    whose = "this environment's Jupyter" if jupyter.own else f"the Jupyter of {jupyter.prefix}"
    default = pythons.get(DEFAULT, "")
    if default and belongs(default, sys.prefix):
        return fine(f"The kernel {DEFAULT} of {whose} is {default}, which has coursekit.")
    if default and knows(default):
        return worth_knowing(
            f"The kernel {DEFAULT} of {whose} is {default}, which has coursekit, but is not the "
            "Python that is looked at here.",
            f"Have that one looked at, too: {quoted(default)} -m coursekit.cli doctor",
        )
    ours = [name for name, python in pythons.items() if belongs(python, sys.prefix)]
    if ours:
        return worth_knowing(
            f"The kernel {DEFAULT} of {whose} is {default or 'missing'}, and has no coursekit.",
            f"In a notebook, choose the kernel {ours[0]}.",
        )
    known = ", ".join(f"{name}: {python}" for name, python in pythons.items())
    return broken(f"No kernel of {whose} has coursekit ({known or 'there is none'}).", install())


def knows(python: str) -> bool:
    """Whether a Python finds coursekit."""
    try:
        done = subprocess.run(  # noqa: S603 - a Python that a kernel names
            [python, "-c", KNOWS],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=os.path.sep,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == "True"
