"""What was done, which files of the home folder keep and not the database, as JSON and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coursekit.core import deeds, played
from coursekit.core.played import How
from coursekit.store.rows import Misfit, moment

DIGEST = re.compile("[0-9a-f]{32}")
LARGEST = 2**64
"""No seed is as large."""


@dataclass(frozen=True)
class Done:
    """What somebody did.

    Attributes:
        deeds: When each was done first, by its name.
        seeds: Which seed something was trained with first, by its digest.
        played: What became of photos that were set aside, by their digest.
    """

    deeds: dict[str, datetime]
    seeds: dict[str, int]
    played: dict[str, How]

    def as_json(self) -> dict[str, dict[str, Any]]:
        """As `checked` takes it."""
        times = {name: at.isoformat() for name, at in self.deeds.items()}
        return {"deeds": times, "seeds": self.seeds, "played": self.played}

    def merge(self) -> tuple[int, int]:
        """Adds this to what was done here: of two times the earlier one, and what was seen was.

        Something that was trained with another seed here has been trained with two.

        Returns:
            How many deeds were added, and how many had been done here, too.

        Raises:
            OSError: The home can't be written.
        """
        there = sum(deeds.when(name) is not None for name in self.deeds)
        for name, at in self.deeds.items():
            deeds.keep(name, at)
        for what, seed in self.seeds.items():
            deeds.keep_seed(what, seed)
        for digest, how in self.played.items():
            if played.how(digest) in (None, "begun"):
                played.note(digest, how)
        return len(self.deeds) - there, there


NOTHING = Done({}, {}, {})


def here() -> Done:
    """What was done with this home folder."""
    times = {name: at for name in deeds.DEEDS if (at := deeds.when(name))}
    seeds = {what: it for what, it in deeds.seeds().items() if DIGEST.fullmatch(what)}
    hows = {what: it for what, it in played.everything().items() if DIGEST.fullmatch(what)}
    return Done(times, seeds, hows)


def checked(found: Any) -> Done:
    """What a file has, which may be anybody's: its names become files.

    Raises:
        Misfit: It is not what `as_json` makes.
    """
    try:
        if not isinstance(found, dict) or set(found) != {"deeds", "seeds", "played"}:
            raise ValueError
        times = {_one_of(deeds.DEEDS, name): moment(it) for name, it in found["deeds"].items()}
        seeds = {_digest(what): _seed(it) for what, it in found["seeds"].items()}
        hows = {_digest(what): _one_of(played.HOWS, it) for what, it in found["played"].items()}
    except (AttributeError, TypeError, ValueError):
        raise Misfit("it is damaged: what was done is not as it should be") from None
    return Done(times, seeds, hows)


def _one_of(known: tuple[Any, ...], name: Any) -> Any:
    if name not in known:
        raise ValueError
    return name


def _digest(name: str) -> str:
    if not DIGEST.fullmatch(name):
        raise ValueError
    return name


def _seed(value: Any) -> int:
    if type(value) is not int or abs(value) >= LARGEST:
        raise ValueError
    return value
