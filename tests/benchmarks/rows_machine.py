"""The rows about the machine and what watches over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.benchmarks.result import Result, under
from tests.benchmarks.sides import ours

MINUTE = 60


def watchdog(repeats: int) -> Iterator[Result]:
    figures = ours("watchdog.py", MINUTE, repeats)
    yield under("the watchdog's memory, over a minute", figures["mb"], 30, "MB", "")
    share = figures["percent"]
    said = f"{share:.3f} %"
    what = "its share of a processor core"
    yield Result(what, "under 0.1 %", said, said, "", share < 0.1)
    yield under("how late it acts at the most", max(figures["late"]), 5, "s", "")


ROWS: dict[str, Callable[[int], Iterator[Result]]] = {"watchdog": watchdog}
