"""What a learner has done at least once, such as looking something up; the homework reads it.

A file for each, with the time of the first one and nothing else.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from coursekit.core import paths

DEEDS = (
    "trained", "another_seed", "tried_picture", "looked_up", "made_data_set", "shut_down"
)  # fmt: skip

_noted: set[str] = set()


def note(deed: str) -> None:
    """Keeps that `deed` (one of `DEEDS`) was done, where that was not kept before.

    A home that can't be written is no reason to stop what is being done.

    Raises:
        ValueError: `deed` is not one of `DEEDS`.
    """
    if deed not in DEEDS:
        raise ValueError(f"{deed!r} is no deed; there are {', '.join(DEEDS)}.")
    key = f"{paths.home()}/{deed}"
    if key in _noted:  # what trains or answers asks often
        return
    with suppress(OSError):
        path = paths.folder("state") / "deeds" / deed
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            paths.write_text(path, datetime.now(UTC).isoformat(timespec="seconds"))
        _noted.add(key)


def trained(what: str, seed: int) -> None:
    """Notes a training; and where the same `what` was trained before with another seed, that, too.

    Args:
        what: A digest of the data and the architecture.
        seed: Of this training.
    """
    note("trained")
    with suppress(OSError, ValueError):
        path = paths.folder("state") / "deeds" / f"seed-{what}"
        if not path.exists():
            path.write_text(str(seed), encoding="ascii")
        elif int(path.read_text(encoding="ascii")) != seed:
            note("another_seed")


def undo(deed: str) -> None:
    """Forgets that `deed` was done: somebody said so by mistake."""
    _noted.discard(f"{paths.home()}/{deed}")
    with suppress(OSError):
        (paths.home() / "state" / "deeds" / deed).unlink(missing_ok=True)


def when(deed: str) -> datetime | None:
    """When it was done first; None where it was not."""
    try:
        said = (paths.home() / "state" / "deeds" / deed).read_text(encoding="utf-8")
        return datetime.fromisoformat(said)
    except (OSError, ValueError):
        return None
