"""Whether and when to remind, as somebody set it; kept in the home folder for the next time."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass

from coursekit.core import paths

FILE = "reminder.json"


@dataclass(frozen=True)
class Wishes:
    """What was set.

    Attributes:
        on: Whether to remind; None: where leaving the machine on costs.
        minutes: Without anything done until the first line, at least 1.
    """

    on: bool | None = None
    minutes: int = 15


def kept() -> Wishes:
    """What was set, or what there is from the start where that can't be read."""
    try:
        said = json.loads((paths.home() / "state" / FILE).read_text(encoding="utf-8"))
        on, minutes = said["on"], said["minutes"]
    except (OSError, ValueError, KeyError, TypeError):
        return Wishes()
    fine = (on is None or isinstance(on, bool)) and type(minutes) is int and minutes >= 1
    return Wishes(on, minutes) if fine else Wishes()


def keep(wishes: Wishes) -> None:
    """Keeps it; a home that can't be written keeps nothing, which stops nobody."""
    with suppress(OSError):
        paths.write_text(paths.folder("state") / FILE, json.dumps(asdict(wishes)))
