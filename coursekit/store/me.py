"""Who learns here: an id that says nothing about anybody, kept in the home folder."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

from ulid import ULID

from coursekit.core import paths

FILE = "learner"


def kept() -> str:
    """The id of whoever learns with this home folder; "" where there is none yet."""
    try:
        return (paths.home() / "state" / FILE).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def keep(id: str) -> str:
    """Keeps an id, unless another process was quicker.

    Returns:
        The one that is kept; `id` itself where the home can't be written.
    """
    with suppress(OSError):
        path = paths.folder("state") / FILE
        mine = path.with_name(f"{FILE}.{id}")
        mine.write_text(id, encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(mine)  # all of it at once, and only if there is none
        mine.unlink()
    return kept() or id


def forget() -> None:
    """Takes the id away; the next answer begins as somebody new."""
    with suppress(OSError):
        (paths.home() / "state" / FILE).unlink(missing_ok=True)
    drawn.cache_clear()


@cache
def drawn() -> str:
    """A fresh id, the same as long as this process lives."""
    return str(ULID())
