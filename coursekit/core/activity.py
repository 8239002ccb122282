"""What was done lately, for whoever asks whether this machine is idle."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from coursekit.core import paths

P = ParamSpec("P")
R = TypeVar("R")

KINDS = ("train_step", "upload", "answer", "cell", "here")
OLD = 7 * 24 * 3600.0
"""Seconds after which nobody asks any more what a process did last."""

_last: dict[str, float] = {}
_kernel: dict[str, str] = {}
_written = 0.0
_lock = threading.Lock()


def record(kind: str) -> None:
    """Notes that something of `kind` (one of `KINDS`) happened now; costs a microsecond or so.

    Kept as `state/activity-<pid>.json` in the home folder, kind to seconds since 1970, and
    `kernel` where there is one of which all is recorded; written at most once a second. A home that
    cannot be written is no reason to stop what is being done; on a disk that is full the file's
    time changes at least.

    Raises:
        ValueError: `kind` is not one of `KINDS`.
    """
    global _written  # noqa: PLW0603 - one file per process, so one clock per process
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of activity; there are {', '.join(KINDS)}.")
    now, first = time.time(), not _last
    _last[kind] = now
    if 0 <= now - _written < 1 or not _lock.acquire(blocking=False):
        return
    try:
        _written = now
        with suppress(OSError):
            _write(paths.folder("state") / f"activity-{os.getpid()}.json")
        if first:
            remove_old(now - OLD)
    finally:
        _lock.release()


def _write(file: Path) -> None:
    try:
        paths.write_text(file, json.dumps({**_last, **_kernel}))
    except OSError:
        file.touch()  # takes no room, and is a sign of life to whoever asks
        raise


def last() -> float:
    """When this process recorded something last, in seconds since 1970; 0 where it never did."""
    return max(_last.values(), default=0.0)


def remove_old(before: float) -> None:
    """Removes what processes left that recorded nothing since `before`, seconds since 1970.

    Whether such a process still runs is not asked: its number may be another's by now, and one that
    does writes all it knows again with its next record.
    """
    with suppress(OSError):
        for file in paths.folder("state").glob("*activity-*.json*"):  # and a write that was cut off
            with suppress(OSError):  # it may be another user's, or gone
                if file.stat().st_mtime < before:
                    file.unlink()


def noting(kind: str, job: Callable[P, R]) -> Callable[P, R]:
    """The same as `job`, except that each call is recorded as `kind`."""

    def noted(*args: P.args, **kwargs: P.kwargs) -> R:
        record(kind)
        return job(*args, **kwargs)

    return noted


def all_of_kernel(kernel: str) -> None:
    """Says that every cell and every click of this process, the Jupyter kernel, is recorded.

    So whoever asks need not go by the kernel's messages, which also come when nobody does anything.
    """
    _kernel["kernel"] = kernel
    record("cell")
