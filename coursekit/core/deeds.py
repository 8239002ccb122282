"""What a learner has done at least once, such as looking something up; the homework reads it.

A file for each, with the time of the first one and nothing else.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from coursekit.core import paths

DEEDS = (
    "trained", "another_seed", "tried_picture", "looked_up", "made_data_set", "shut_down"
)  # fmt: skip

SEED = "seed-"
"""What the name of a file begins with that keeps a seed."""

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
        if when(deed) is None:
            keep(deed, datetime.now(UTC))
        _noted.add(key)


def keep(deed: str, at: datetime) -> None:
    """Keeps that `deed` was done at some time, unless it is known that it was done before.

    Raises:
        OSError: The home can't be written.
    """
    before = when(deed)
    if before is None or at < before:
        paths.write_text(_made() / deed, at.isoformat(timespec="seconds"))


def trained(what: str, seed: int) -> None:
    """Notes a training; and where the same `what` was trained before with another seed, that, too.

    Args:
        what: A digest of the data and the architecture.
        seed: Of this training.
    """
    note("trained")
    with suppress(OSError):
        keep_seed(what, seed)


def keep_seed(what: str, seed: int) -> None:
    """Keeps the seed that `what` was trained with first; notes where this is another one.

    Raises:
        OSError: The home can't be written.
    """
    known = _seed(what)
    if known is None:
        paths.write_text(_made() / f"{SEED}{what}", str(seed))
    elif known != seed:
        note("another_seed")


def seeds() -> dict[str, int]:
    """The seeds that something was trained with first, by its digest."""
    files = sorted(_folder().glob(f"{SEED}*"))
    named = [file.name.removeprefix(SEED) for file in files]
    return {what: seed for what in named if (seed := _seed(what)) is not None}


def _seed(what: str) -> int | None:
    try:
        said = (_folder() / f"{SEED}{what}").read_text(encoding="ascii")
        return int(said)
    except (OSError, ValueError):
        return None


def undo(deed: str) -> None:
    """Forgets that `deed` was done: somebody said so by mistake."""
    _noted.discard(f"{paths.home()}/{deed}")
    with suppress(OSError):
        (_folder() / deed).unlink(missing_ok=True)


def when(deed: str) -> datetime | None:
    """When it was done first; None where it was not."""
    try:
        said = (_folder() / deed).read_text(encoding="utf-8")
        found = datetime.fromisoformat(said)
        return found if found.tzinfo else None
    except (OSError, ValueError):
        return None


def _folder() -> Path:
    return paths.home() / "state" / "deeds"


def _made() -> Path:
    """The folder, made for whoever writes."""
    paths.folder("state")
    _folder().mkdir(exist_ok=True)
    return _folder()
