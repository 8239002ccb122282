"""Whether a process is there still."""

from __future__ import annotations

import os


def is_alive(pid: int) -> bool:
    """Whether some process has this number, which may be another than the one that was meant."""
    if os.name == "nt":
        import psutil  # there, os.kill would end it

        return bool(psutil.pid_exists(pid))
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True
