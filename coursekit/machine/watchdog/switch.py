"""The switch: a file that tells the watchdog of one arming to end.

A signal would need its process's number, and that is another process's in another container, or on
another machine, that shares the home folder.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from coursekit.core import paths

PREFIX = "watchdog-off-"


def turn_off(arming: str) -> None:
    """Tells it to end, within seconds and before it runs anything; a full disk has room for that.

    Args:
        arming: Its word for itself, see `State.id`.

    Raises:
        OSError: The home can't be written.
    """
    _file(arming).touch()


def is_off(arming: str) -> bool:
    """Whether that was said."""
    with suppress(OSError):
        return _file(arming).exists()
    return False


def forget() -> None:
    """Takes what was said away; each arming has a word of its own, so old ones say nothing."""
    with suppress(OSError):
        for file in _folder().glob(f"{PREFIX}*"):
            with suppress(OSError):
                file.unlink()


def _file(arming: str) -> Path:
    return _folder() / f"{PREFIX}{arming}"


def _folder() -> Path:
    return paths.home() / "state"
