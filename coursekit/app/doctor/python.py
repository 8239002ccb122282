"""Python itself: its version, how wide its numbers are, and whose packages it sees."""

from __future__ import annotations

import os
import platform
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from coursekit.app.doctor.finding import Finding, broken, fine, worth_knowing

OLDEST = (3, 11)
BITS = 8 * struct.calcsize("P")


def findings() -> Iterator[Finding]:
    """What is said of this Python."""
    yield of_version(sys.version_info[:2], sys.version_info.releaselevel)
    yield of_width(BITS)
    yield of_environment(environment())


def of_version(version: tuple[int, ...], level: str = "final") -> Finding:
    """Whether it is new enough, and no trial version."""
    number = ".".join(map(str, version))
    if version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return broken(
            f"This is Python {number}; coursekit needs {oldest} or newer.",
            "Install a newer Python, make a virtual environment with it, and install again.",
        )
    if level != "final":
        return worth_knowing(
            f"Python {number} is not released yet ({level}); few packages are tested with it.",
            "If something fails, use a released version.",
        )
    return fine(f"Python {platform.python_version()}, {platform.python_implementation()}.")


def of_width(bits: int) -> Finding:
    """PyTorch exists for 64 bits only."""
    if bits < 64:
        return broken(
            f"This Python has {bits} bits, and PyTorch needs 64.",
            "Install the 64-bit version of Python, then coursekit again.",
        )
    return fine(f"It has {bits} bits, on {platform.machine() or 'an unknown processor'}.")


def environment() -> str:
    """The kind of environment, "" for a Python that other programs may use, too."""
    if sys.prefix != sys.base_prefix:
        return f"a virtual environment, {sys.prefix}"
    if (Path(sys.prefix) / "conda-meta").is_dir():
        return f"a conda environment, {sys.prefix}"
    if any(os.environ.get(name) for name in ("COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE")):
        return "a machine that is made anew for each session"
    return ""


def of_environment(kind: str) -> Finding:
    """Whether other programs' packages can get in the way."""
    if kind:
        return fine(f"It is in {kind}.")
    return worth_knowing(
        f"This Python ({sys.prefix}) is in no virtual environment, so that other programs' "
        "packages can get in the way.",
        "If packages don't fit each other, make one: python3 -m venv .venv, and install there.",
    )
