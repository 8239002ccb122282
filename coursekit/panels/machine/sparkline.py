"""Small charts of shares over the last ten minutes, as SVG with a sentence for whoever hears it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from statistics import fmean

from coursekit.core.wording import percent

SPAN = 600.0
"""Seconds from the left edge to the right one, which is now."""
BUCKET = 5.0
"""Seconds that become one point: more than a chart of this width can show is not sent."""
WIDTH, HEIGHT = 240, 48

Series = Iterable[tuple[float, float | None]]


def sparkline(name: str, series: Series, now: float) -> str:
    """A chart of `series`: pairs of a time in seconds and a share, 0 to 1; None where unknown.

    Args:
        name: What the share is of, such as "Processor".
        series: In the order of time.
        now: The time at the right edge.

    Returns:
        A figure as HTML; nothing is drawn where nothing was read.
    """
    points = bucketed(series, now)
    known = [share for _, share in points if share is not None]
    if not known:
        return ""
    last = known[-1]
    heard = (
        f"{name} over the last ten minutes: now {percent(last, 0)}, "
        f"between {percent(min(known), 0)} and {percent(max(known), 0)}."
    )
    lines = "".join(f"<path d='{path}'/>" for path in paths(points))
    return (
        f"<figure class='ck-spark'><figcaption>{escape(name)}, ten minutes"
        f"</figcaption><svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{escape(heard)}' "
        f"preserveAspectRatio='none'>{lines}</svg></figure>"
    )


def bucketed(series: Series, now: float) -> list[tuple[float, float | None]]:
    """The mean of each `BUCKET` of the last `SPAN` seconds, as (seconds ago, share), oldest first.

    A bucket without a known share is None: the line has a gap there.
    """
    buckets: dict[int, list[float]] = {}
    for time, share in series:
        number = int((now - time) // BUCKET)
        if share is not None and 0 <= number < SPAN / BUCKET:
            buckets.setdefault(number, []).append(share)
    if not buckets:
        return []
    numbers = range(max(buckets), min(buckets) - 1, -1)
    return [(it * BUCKET, fmean(buckets[it]) if it in buckets else None) for it in numbers]


def paths(points: Iterable[tuple[float, float | None]]) -> list[str]:
    """The SVG paths of the line's pieces, one for each stretch without a gap."""
    pieces: list[list[str]] = [[]]
    for ago, share in points:
        if share is None:
            pieces.append([])
            continue
        x = WIDTH * (1 - ago / SPAN)
        y = HEIGHT - 2 - (HEIGHT - 4) * min(max(share, 0.0), 1.0)
        pieces[-1].append(f"{x:.1f},{y:.1f}")
    # a piece of one point has no length: the second end makes it a dot
    return [f"M{' L'.join(piece)} l0.1,0" for piece in pieces if piece]
