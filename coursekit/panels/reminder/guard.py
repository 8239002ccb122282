"""What panels say of the watchdog: how it stands, and that it is about to act, or has died."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Literal

from coursekit.machine import watchdog
from coursekit.machine.watchdog import words

Alarm = Literal["", "countdown", "lost"]
Helps = Literal["", "sign", "off"]
Deed = Literal["", "stop", "run", "rehearse"]
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
        helps: Where it is about to act, what keeps it from that: a sign of life, or only that it is
            switched `off`; "" for nothing any more.
        deed: What it is then about to do: to stop the machine, to run a command that may do that or
            not, or only to say so.
    """

    key: Hashable = ""
    said: str = ""
    guarded: bool = False
    ends: float = 0.0
    alarm: Alarm = ""
    seen: bool = False
    helps: Helps = ""
    deed: Deed = ""


class Lookout:
    """Looks at the watchdog; cheap enough for once a second."""

    def __init__(self) -> None:
        self._seen, self._began = False, time.time()

    def look(self) -> Guard:
        """How it stands now."""
        it = watchdog.state()
        key = (it.id, it.phase, it.deadline, it.why)
        alarm = ALARMS.get(it.phase, "")
        ends = it.deadline or 0.0 if it.phase == "countdown" else 0.0
        if alarm != "lost":
            self._seen = it.guarded
        # one that was armed and has died between two looks was at work, too
        seen = self._seen or it.armed >= self._began
        if alarm != "countdown":
            return Guard(key, words.sentence(it), it.guarded, ends, alarm, seen)
        return Guard(key, warning(it), it.guarded, ends, alarm, seen, helps(it), deed(it))


def helps(it: watchdog.State) -> Helps:
    """What keeps it from acting."""
    if it.phase == "acting":
        return ""
    return "off" if it.latest else "sign"


def deed(it: watchdog.State) -> Deed:
    """What it is about to do; what a command does nobody can tell."""
    if it.dry_run:
        return "rehearse"
    return "run" if it.command else "stop"


def warning(it: watchdog.State) -> str:
    """What it is about to do, and what there is against that."""
    what = words.deed(replace(it, dry_run=False))
    if it.dry_run:
        what += " (as a rehearsal: it only says so)"
    if it.phase == "acting":
        return f"The watchdog {what} now."
    said = f"Soon the watchdog {what}"
    if it.phase == "saving":
        said = f"The watchdog waits for a training to write a checkpoint; then it {what}"
    if it.latest and it.most is not None:
        return f"{said}: its {words.span(it.most)} end then. Nothing puts that off; {words.OFF}"
    return f"{said}: nothing was done here. Whatever you do now puts that off."
