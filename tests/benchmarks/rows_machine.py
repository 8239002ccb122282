"""The rows about the machine: what it costs to know how it is, and to watch over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

from tests.benchmarks.result import Result, under
from tests.benchmarks.sides import ours, say

SECONDS = 20
"""For which the sampler is watched."""

MINUTE = 60


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


def watchdog(repeats: int) -> Iterator[Result]:
    figures = ours("watchdog.py", MINUTE, repeats)
    yield under("the watchdog's memory, over a minute", figures["mb"], 30, "MB", "")
    share = figures["percent"]
    said = f"{share:.3f} %"
    what = "its share of a processor core"
    yield Result(what, "under 0.1 %", said, said, "", share < 0.1)
    yield under("how late it acts at the most", max(figures["late"]), 5, "s", "")


def gpu(_: int) -> Iterator[Result]:
    figures = ours("gpu.py")
    if not figures:
        say("no GPU that PyTorch can use, so nothing is measured of one")
        return
    for name, times in figures["steps"].items():
        mine, theirs = median(times["ours"]), median(times["plain"])
        ratio = median(a / b for a, b in zip(times["ours"], times["plain"], strict=True))
        yield Result(
            f"a step of a ResNet-50 in {name} on {figures['name']}, {times['mb']:.0f} MB",
            "at most 1.05 times a plain loop's",
            f"{ratio:.2f} times",
            f"{mine:.1f} ms",
            f"{theirs:.1f} ms",
            ratio <= 1.05,
        )
    given = figures["given"] / figures["before"]
    said = f"{given:.0%} of {figures['before']:.0f} MB in {figures['seconds']:.2f} s"
    yield Result("Free GPU memory after a fit", "over 90 %", said, said, "", given > 0.9)
    yield under("a reading of it", figures["reading_ms"], 10, "ms", "")
    what = f"the sampler for five panels beside it, threads: {figures['threads']}"
    yield under(what, 100 * figures["share"], 1, "% of a core", "")


ROWS: dict[str, Callable[[int], Iterator[Result]]] = {
    "status": status,
    "sampling": sampling,
    "watchdog": watchdog,
    "gpu": gpu,
}
