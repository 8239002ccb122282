"""Whether a cell of some notebook runs now, also where no Jupyter server tells.

The kernel holds a lock meanwhile, which the system lets go of however the kernel ends.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from coursekit.core import paths
from coursekit.core.locking import is_held

FOLDER = "cells-at-work"
"""In the home's `state`: a file for each cell that runs."""

LEFT = 60.0
"""Seconds after which a file that nobody holds was left by a kernel that was killed."""

GLANCE = 0.5
"""Seconds that a cell waits for its lock: whoever asks holds it for a moment."""

_held: list[FileLock] = []


def begin() -> None:
    """Says that a cell of this process runs, until `end`.

    A home that can't be written is no reason not to run it.
    """
    end()
    # machines that share a home may have processes of one number
    file = paths.home() / "state" / FOLDER / f"{os.getpid()}-{secrets.token_hex(4)}.lock"
    lock = FileLock(file, thread_local=False)
    with suppress(OSError, Timeout):
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=GLANCE)
        _held.append(lock)


def end() -> None:
    """Says that it has ended; does nothing where none runs."""
    while _held:
        lock = _held.pop()
        with suppress(OSError):
            Path(lock.lock_file).unlink()  # before it is let go of, or it might be another's
        with suppress(OSError):
            lock.release()


def runs() -> bool:
    """Whether some process's cell runs now.

    Raises:
        OSError: The folder can't be read.
    """
    with suppress(FileNotFoundError):
        files = list(os.scandir(paths.home() / "state" / FOLDER))
        return any(_is_held(it) for it in files)
    return False


def _is_held(file: os.DirEntry[str]) -> bool:
    if is_held(FileLock(file.path)):
        return True
    with suppress(OSError):  # of a kernel that was killed, or one that is about to hold it
        if file.stat().st_mtime < time.time() - LEFT:
            Path(file).unlink()
    return False
