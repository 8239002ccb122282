"""What panels say of the watchdog: how it stands, and that it is about to act, or has died."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Literal

from coursekit.machine import watchdog
from coursekit.machine.watchdog import words

Alarm = Literal["", "countdown", "lost"]
ALARMS: dict[str, Alarm] = {
    **dict.fromkeys(("countdown", "saving", "acting"), "countdown"),
    **dict.fromkeys(("lost", "failed"), "lost"),
}
"""Of the watchdog's phases."""


@dataclass(frozen=True)
class Guard:
    """How the watchdog stands.

    Attributes:
        key: Changes where it stands in another way, not as time goes by.
        said: That in words; of a countdown without the time that is left.
        guarded: Whether it is at work.
        ends: When its countdown ends, on `time.monotonic`'s clock; 0 where there is none.
        alarm: It is about to act, or does no more what it was armed for: it died or failed.
        seen: Whether it was at work since this process looks.
    """

    key: Hashable = ""
    said: str = ""
    guarded: bool = False
    ends: float = 0.0
    alarm: Alarm = ""
    seen: bool = False


class Lookout:
    """Looks at the watchdog; cheap enough for once a second."""

    def __init__(self) -> None:
        self._seen, self._began = False, time.time()

    def look(self) -> Guard:
        """How it stands now."""
        it = watchdog.state()
        key = (it.id, it.phase, it.deadline, it.why)
        counts = it.phase == "countdown"
        said = countdown(it) if counts else words.sentence(it)
        ends = it.deadline or 0.0 if counts else 0.0
        alarm = ALARMS.get(it.phase, "")
        if alarm != "lost":
            self._seen = it.guarded
        # one that was armed and has died between two looks was at work, too
        seen = self._seen or it.armed >= self._began
        return Guard(key, said, it.guarded, ends, alarm, seen)


def countdown(it: watchdog.State) -> str:
    """What it is about to do, and what there is against that."""
    deed = f"Soon the watchdog {words.deed(replace(it, dry_run=False))}"
    if it.dry_run:
        deed += " (as a rehearsal: it only says so)"
    if it.latest and it.most is not None:
        return f"{deed}: its {words.span(it.most)} are over. Nothing puts that off; {words.OFF}"
    return f"{deed}: nothing was done here. Whatever you do now puts that off."
