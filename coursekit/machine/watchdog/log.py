"""What the watchdog did, why, and why not: a file of lines with their date, kept small."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from coursekit.core import paths

FILE = "watchdog.log"
MOST = 200_000
"""Bytes after which the file becomes `watchdog.log.1`, in place of the one before."""


def path() -> Path:
    """Where it is."""
    return paths.home() / "state" / FILE


def say(text: str) -> None:
    """Adds a line; a disk that is full keeps nobody from acting."""
    with suppress(OSError):
        file = paths.folder("state") / FILE
        if file.exists() and file.stat().st_size > MOST:
            file.replace(file.with_name(f"{FILE}.1"))
        with file.open("a", encoding="utf-8") as lines:
            lines.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}\n")


def last(lines: int = 5) -> list[str]:
    """The last lines; none where there are none."""
    try:
        return path().read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        return []
