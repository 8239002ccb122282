"""Numbers as people type them, and the intervals that they should lie in."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from coursekit.core.errors import CourseError

SLACK = 1e-9
"""Of a bound's size: 0.1 + 0.2 lies within 0.3."""

THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?)\s*(\D.*)?", re.IGNORECASE)
AS_TYPED = {0x2212: "-", 0xA0: " ", 0x202F: " "}
"""A minus sign, and spaces that do not break."""

LONGEST = 40


class NoNumber(CourseError):
    """What was typed is no number, or one in another unit."""


@dataclass(frozen=True)
class Interval:
    """Numbers from `low` to `high`, both included.

    Attributes:
        low: The least.
        high: The largest.
        exact: What to call the right answer, where there is one.
        tolerance: How far from it a number may be.
    """

    low: float
    high: float
    exact: float | None = None
    tolerance: float = 0.0

    @classmethod
    def around(cls, exact: float, tolerance: float) -> Interval:
        """The numbers that differ by `tolerance` at most."""
        return cls(exact - tolerance, exact + tolerance, exact, tolerance)

    def has(self, number: float) -> bool:
        """Whether it lies within, but for what floating point numbers cannot tell."""
        slack = SLACK * max(abs(self.low), abs(self.high))
        return self.low - slack <= number <= self.high + slack

    def __str__(self) -> str:
        if self.exact is not None:
            return f"{self.exact:g}"
        return f"{self.low:g} to {self.high:g}"


def number_in(text: str, unit: str = "") -> float:
    """The number that was typed, in `unit`.

    Raises:
        NoNumber: It is none, or has another unit behind it.
    """
    return float(numeral_in(text, unit))


def numeral_in(text: str, unit: str = "") -> str:
    """The number that was typed, as Python writes one, with all digits that were typed.

    A comma parts thousands where three digits follow each (`1,000`), else it is a decimal point
    (`0,5` and `0,125`). The unit may be left out; a share that is asked in `%` must be typed in
    percent.

    Raises:
        NoNumber: It is none, or has another unit behind it.
    """
    plain = text.strip().translate(AS_TYPED)
    head = plain.split(" ")[0]
    plain = plain.replace(",", "" if THOUSANDS.fullmatch(head.rstrip("%")) else ".")
    found = NUMBER.fullmatch(plain) if len(plain) <= LONGEST else None
    if found is None or not math.isfinite(float(found[1])):
        raise NoNumber(f"{shortened(text)} is no number. Type one such as 0.5 or 1,000.")
    behind = (found[2] or "").strip()
    if behind and same(behind) != same(unit):
        asked = f"Give it in {unit}." if unit else "Give the number alone."
        raise NoNumber(f"{shortened(behind)!r} is not the unit that is asked for. {asked}")
    return found[1]


def same(unit: str) -> str:
    """A unit as it is compared: `Seconds` is `second`, `percent` is `%`."""
    plain = unit.casefold().removesuffix(".").strip()
    return {"percent": "%", "per cent": "%"}.get(plain, plain.removesuffix("s") or plain)


def shortened(text: str) -> str:
    """At most so much of what was typed that a line can hold it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
