"""Numbers and lists as people say them."""

from __future__ import annotations

from collections.abc import Iterable


def file_size(n: float) -> str:
    """`n` bytes in powers of 1,000, as file managers show them: `16 MB`, `3.2 kB`, `812 bytes`."""
    if n < 1000:
        return plural(int(n), "byte")
    for unit in ("kB", "MB", "GB"):
        n /= 1000
        if n < 1000 or unit == "GB":
            break
    return f"{n:.1f} {unit}" if n < 10 else f"{n:,.0f} {unit}"


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def percent(fraction: float, digits: int = 1) -> str:
    """`3.3 %`, always with as many digits after the point, so that columns align."""
    return f"{100 * fraction:.{digits}f} %"


def plural(n: int, one: str, many: str = "") -> str:
    """`1 photo`, `1,200 photos`; `many` where adding an s is wrong."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listing(words: Iterable[object], most: int = 5, joint: str = "and") -> str:
    """`a, b and c`; past `most` the rest is counted: `a, b and 7 more`."""
    names = [str(word) for word in words]
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1:,} more"]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"


class Text(str):
    """A text that a notebook shows as it is, line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
