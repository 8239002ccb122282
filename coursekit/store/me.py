"""Who learns here: an id that says nothing about anybody, kept in the home folder."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path

from ulid import ULID

from coursekit.core import fingerprint, paths

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
        own = path.with_name(f"{FILE}.{id}")
        own.write_text(id, encoding="ascii")
        try:
            path.hardlink_to(own)  # all of it at once, and only if there is none
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            own.replace(path) if not path.exists() else None
        finally:
            own.unlink(missing_ok=True)
    return kept() or id


def mark(id: str) -> str:
    """What tells whether two ids are the same, and no id by itself; "" for nobody."""
    return fingerprint.of_bytes(b"learner", id.encode()) if id else ""


def forget() -> None:
    """Takes the id away; the next answer begins as somebody new."""
    with suppress(OSError):
        (paths.home() / "state" / FILE).unlink(missing_ok=True)


def mine() -> str:
    """The id that is kept, a fresh one where there was none."""
    keep(str(ULID()))
    return kept() or _for_now(paths.home())


@cache
def _for_now(_: Path) -> str:
    """The id for a home that can't be written, the same as long as this process lives."""
    return str(ULID())
