"""Locks that processes hold on files; the system lets go of them however a process ends."""

from __future__ import annotations

import errno
import os
import sys

from filelock import FileLock, Timeout


def held(lock: FileLock) -> bool | None:
    """Whether some process holds it now; None where its file is not there, so that nobody does.

    Who asks needs only to read the file, so it may be another account's, and keeps nobody else
    from asking.

    Raises:
        OSError: Nobody can say.
    """
    if sys.platform == "win32":
        return _is_refused(lock)
    try:
        file = os.open(lock.lock_file, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return not _is_shared(file)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
    finally:
        os.close(file)
    return _is_refused(lock)  # a file system without locks, where filelock has another way


def is_held(lock: FileLock) -> bool:
    """Whether some process holds it now, or may: where nobody can say, it counts as held."""
    try:
        return bool(held(lock))
    except OSError:
        return True


def _is_shared(file: int) -> bool:
    """Whether a lock that many may have at once, but none beside a holder, is given."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_refused(lock: FileLock) -> bool | None:
    """Whether the lock itself is not given; None where there is no folder for it."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except FileNotFoundError:
        return None
    lock.release()
    return False
