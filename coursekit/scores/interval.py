"""How far a share that was counted on a few items may be off."""

from __future__ import annotations

import math

Z = 1.959963984540054
"""Standard deviations on either side that hold 95 % of a normal distribution."""


def wilson(k: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share, of which `k` of `n` items were seen.

    Unlike the share plus and minus a multiple of its deviation it stays within 0 and 1, and is wide
    where nothing was got wrong on a few items.

    Args:
        k: Items with the property, 0 to `n`.
        n: Items, at least 1.

    Returns:
        Where it begins and ends, 0 to 1.

    Source: Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    share, z2 = k / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # exactly 0 and 1 at the ends, where rounding would leave a trace
    return (0.0 if k == 0 else middle - half), (1.0 if k == n else middle + half)


def wilson_of_rate(rate: float, n: int) -> tuple[float, float]:
    """The same where the share is known, which was counted on `n` items."""
    return wilson(round(rate * n), n)


def differ(first: int, second: int) -> bool:
    """Whether two who took the same items did not just differ by luck, at the 5 % level.

    Args:
        first: Items that only the first got right.
        second: Items that only the second got right.

    Source: McNemar, Note on the sampling error of the difference between correlated proportions
    or percentages (1947), with the exact binomial distribution.
    """
    n, fewer = first + second, min(first, second)
    tail: float = sum(math.comb(n, k) for k in range(fewer + 1)) / 2**n
    return 2 * tail < 0.05


def overlap(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether two intervals have a point in common, so that they can't be told apart."""
    return a[0] <= b[1] and b[0] <= a[1]
