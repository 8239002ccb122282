"""How long nothing has been done here: the clock that the reminder and the watchdog go by.

No date is asked, so none can be wrong. What counts is that something differs from the look before,
and the time since then is told by a clock that nobody sets.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

AWAY = 60.0
"""Seconds without a look, beyond those that were meant, after which the machine was asleep."""


@dataclass(frozen=True)
class Trace:
    """Something that looks different once something was done.

    Attributes:
        mark: A file's time, a kernel's last activity: anything that changes then.
        of: What was done if it differs, in words: "a training step".
    """

    mark: Hashable
    of: str


@dataclass(frozen=True)
class Seen:
    """What one source shows at one look.

    Attributes:
        at_work: What goes on this moment, in words; while anything does, nothing is idle.
        traces: By name.
        unknown: Why the source can't be asked, as a sentence; "" where it can.
    """

    at_work: str = ""
    traces: Mapping[str, Trace] = field(default_factory=dict)
    unknown: str = ""


class IdleClock:
    """Counts the seconds since the last sign of life; whoever starts it is one.

    Args:
        now: Seconds on a clock that only goes forward, such as `time.monotonic`.

    Attributes:
        since: When the last sign was seen, on that clock.
        sign: What it was, in words.
        unknown: Why some source can't be asked now, as a sentence; "" where all can.
    """

    def __init__(self, now: float) -> None:
        self.since, self.sign, self.unknown = now, "the start", ""
        self._kept: dict[str, Mapping[str, Trace]] = {}
        self._worked: dict[str, str] = {}
        self._looked = False

    def look(self, now: float, seen: Mapping[str, Seen], away: float = 0.0) -> None:
        """Takes notice of what all sources show.

        Args:
            now: See above.
            seen: By source. Of one that can't be asked the old traces stay, so that what is done
                meanwhile shows as soon as it can; one that is no longer among them has ended.
            away: Seconds that passed without the look that was meant.
        """
        signs = [self._compare(name, it) for name, it in seen.items()]
        signs += self._worked.values()  # what went on at the last look may have ended just now
        signs += [f"the end of {name}" for name in self._kept.keys() - seen.keys()]
        if away > AWAY:  # whoever woke the machine wants all of the time
            signs.append("the machine's waking up")
        for sign in filter(None, signs):
            self.since, self.sign = now, sign
        self._looked = True
        self._kept = {name: self._kept[name] for name in seen if name in self._kept}
        self._worked = {name: self._going_on(name, it) for name, it in seen.items()}
        self.unknown = " ".join(dict.fromkeys(it.unknown for it in seen.values() if it.unknown))

    def idle(self, now: float) -> float:
        """Seconds without a sign of life."""
        return now - self.since

    def _going_on(self, name: str, seen: Seen) -> str:
        """What goes on; in a source that can't be asked what went on when it could be, it may."""
        return seen.at_work or (self._worked.get(name, "") if seen.unknown else "")

    def _compare(self, name: str, seen: Seen) -> str:
        """What this source shows to have been done since the last look; "" for nothing."""
        if seen.unknown:
            self._kept.setdefault(name, {})
            return seen.at_work
        before, self._kept[name] = self._kept.get(name, {}), seen.traces
        if seen.at_work or before == seen.traces:
            return seen.at_work
        if not self._looked:  # all that was there before the start is new to this clock only
            return ""
        new = [it.of for key, it in seen.traces.items() if before.get(key) != it]
        return new[0] if new else f"something that ended in {name}"
