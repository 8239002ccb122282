"""One run, one process: who is at work with a run's folder, and how another takes it over.

The process that trains holds a lock, which the system lets go of when the process ends, however it
ends. Another asks for the run with a file beside it and goes on from its checkpoint. No torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from coursekit.core.errors import CourseError

LOCK, ASKED = "run.lock", "hand-over"
PATIENCE = 60.0
"""Seconds for a run to write its checkpoint and end: a batch on a slow machine, and some more."""

GLANCE = 0.5
"""Seconds that a run waits for its lock: whoever asks if it is at work holds it for a moment."""


class AtWork(CourseError):
    """Another process trains this run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Another notebook or page is training the run {folder.name} and does not let go of "
            "it. Stop it there, or wait until it has ended."
        )


def _lock(folder: Path) -> FileLock:
    return FileLock(folder / LOCK, thread_local=False)


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """This process trains the run while the block lasts.

    Raises:
        AtWork: Another does already.
    """
    lock = _lock(folder)
    try:
        lock.acquire(timeout=GLANCE)
    except Timeout:
        raise AtWork(folder) from None
    try:
        (folder / ASKED).unlink(missing_ok=True)
        yield
    finally:
        lock.release()


def is_at_work(folder: Path) -> bool:
    """Whether some process trains this run now."""
    lock = _lock(folder)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # nothing can be locked there, so nobody trains there
        return False
    lock.release()
    return False


def asked_for(folder: Path) -> bool:
    """Whether another process wants to go on with this run."""
    return (folder / ASKED).exists()


def take_over(folder: Path, patience: float = PATIENCE) -> bool:
    """Asks whoever trains the run to write a checkpoint and end, and waits for that.

    Returns:
        Whether somebody had to be asked.

    Raises:
        AtWork: It did not end within `patience` seconds.
    """
    if not is_at_work(folder):
        return False
    (folder / ASKED).touch()
    lock = _lock(folder)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise AtWork(folder) from None
    finally:
        (folder / ASKED).unlink(missing_ok=True)
    lock.release()
    return True
