"""Which photos that are set aside a learner has seen, by their digest; a file for each.

Somebody who has seen them can't be judged on them any more.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from coursekit.core import paths

How = Literal["begun", "played", "shown"]
"""The game was begun or played, or was given up and the photos shown."""

HOWS: tuple[How, ...] = get_args(How)


def how(digest: str) -> How | None:
    """What became of the photos; None where nothing did, or nobody can tell."""
    try:
        said = json.loads(_folder().joinpath(digest).read_text(encoding="utf-8"))["how"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return said if said in HOWS else None


def note(digest: str, how: How) -> None:
    """Keeps what became of the photos.

    Raises:
        OSError: The home can't be written.
    """
    paths.folder("state")
    _folder().mkdir(exist_ok=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    paths.write_text(_folder() / digest, json.dumps({"how": how, "at": at}))


def everything() -> dict[str, How]:
    """What became of all photos that something is known of, by their digests."""
    try:
        names = sorted(it.name for it in _folder().iterdir() if not it.name.startswith("."))
    except OSError:
        return {}
    return {name: found for name in names if (found := how(name))}


def _folder() -> Path:
    return paths.home() / "state" / "played"
