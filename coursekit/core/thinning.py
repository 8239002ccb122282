"""Long lines as few points, for whoever draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence


def thin(points: Sequence[tuple[float, float]], most: int = 2000) -> list[tuple[float, float]]:
    """At most `most` of the points (x, y), every peak among them.

    The steps are cut into equal stretches, of which the first, lowest, highest and last point stay.

    Source: Jugel, Jerzak, Hackenbroich and Markl, M4: A Visualization-Oriented Time Series Data
    Aggregation (2014).
    """
    if len(points) <= most:
        return list(points)
    buckets = max(1, most // 4)
    kept: list[tuple[float, float]] = []
    for k in range(buckets):
        start, end = k * len(points) // buckets, (k + 1) * len(points) // buckets
        # a loss that ran away may be no number, which compares with nothing
        by_height = [(points[i][1], i) for i in range(start, end) if not math.isnan(points[i][1])]
        extremes = (min(by_height)[1], max(by_height)[1]) if by_height else ()
        chosen = {start, end - 1, *extremes}
        kept.extend(points[i] for i in sorted(chosen))
    return kept
