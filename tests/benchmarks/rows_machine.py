"""The rows about the machine: what it costs to know how it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

from tests.benchmarks.result import Result, under
from tests.benchmarks.sides import ours

SECONDS = 20
"""For which the sampler is watched."""


def status(repeats: int) -> Iterator[Result]:
    ours("machine.py")  # files come from the disk the first time
    runs = [ours("machine.py") for _ in range(max(repeats, 5))]
    torch = "with torch" if any(run["torch"] for run in runs) else "no torch"
    figure = median(run["ms"] for run in runs)
    yield under(f"import and the machine's first status, {torch}", figure, 150, "ms", "")
    yield under("that process", max(run["mb"] for run in runs), 60, "MB", "")


def sampling(repeats: int) -> Iterator[Result]:
    runs = [ours("machine.py", SECONDS) for _ in range(repeats)]
    what = f"the sampler for five panels, threads: {max(run['threads'] for run in runs)}"
    yield under(what, 100 * max(run["share"] for run in runs), 1, "% of a core", "")


ROWS: dict[str, Callable[[int], Iterator[Result]]] = {"status": status, "sampling": sampling}
