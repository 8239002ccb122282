"""Locks that processes hold on files; the system lets go of them however a process ends."""

from __future__ import annotations

from filelock import FileLock, Timeout


def is_held(lock: FileLock) -> bool:
    """Whether some process holds it now; where nothing can be locked, nobody does."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False
