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


def made() -> Path:
    """The same, once the file is there; only this account reads it, for commands can be secret.

    Raises:
        OSError: It can't be written.
    """
    file = paths.folder("state") / FILE
    before = file.with_name(f"{FILE}.1")
    if file.exists() and file.stat().st_size > MOST:
        file.replace(before)
    file.touch(0o600)
    for it in (file, before):  # those of an earlier version were for all to read
        with suppress(OSError):  # or one is not there
            it.chmod(0o600)
    return file


def say(text: str) -> None:
    """Adds a line; a disk that is full keeps nobody from acting."""
    with suppress(OSError), made().open("a", encoding="utf-8") as lines:
        lines.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}\n")


def last(lines: int = 5) -> list[str]:
    """The last lines that say something; none where there are none."""
    try:
        said = path().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line for line in said if line.strip()][-lines:]
