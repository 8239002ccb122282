"""Each row of the table: what has to be reached, and how it is measured."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import mean, median
from typing import Any

from coursekit.data.items import get_image_files
from coursekit.data.split import RandomSplitter
from tests.benchmarks import rows_machine, rows_quiz
from tests.benchmarks.result import Result, under
from tests.benchmarks.sides import PHOTOS, ours, rival

SEEDS = (42, 1, 2, 3, 4)
"""Of the split; the timings of a breeds row are the medians over these."""

PHOTOS_READ = 450 * 2
"""Photos that fine_tune(1) reads: each is trained or judged on in a frozen and a free epoch."""


@dataclass(frozen=True)
class Runs:
    """Seconds and errors of the same training, several times over."""

    seconds: list[float]
    errors: list[float]

    @classmethod
    def of(cls, figures: Sequence[dict[str, Any]]) -> Runs:
        return cls([f["seconds"] for f in figures], [f["error"] for f in figures])

    @property
    def time(self) -> str:
        return f"{median(self.seconds):.2f} s (of {len(self.seconds)})"

    @property
    def error(self) -> float:
        return mean(self.errors)

    @property
    def listed(self) -> str:
        return f"{self.error:.1%} ({', '.join(f'{e:.1%}' for e in self.errors)})"


@cache
def our_run(label: str, depth: str, epochs: int, seed: int, nth: int = 0) -> dict[str, Any]:
    del nth  # only tells repeats apart
    return ours("fine_tune.py", PHOTOS, label, depth, epochs, seed)


@cache
def rival_run(label: str, epochs: int, seed: int, nth: int = 0) -> dict[str, Any]:
    del nth
    photos = get_image_files(PHOTOS)
    _, judges = RandomSplitter(0.2, seed)(photos)  # as ours draws them
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "judges.txt"
        names.write_text("\n".join(photos[index].name for index in judges))
        return rival("fine_tune.py", PHOTOS, label, epochs, names)


def pairs(label: str, depth: str, epochs: int, runs: Sequence[tuple[int, int]]) -> list[Runs]:
    """Ours and the rival's, by turns, so that a machine that slows down slows both."""
    both = [
        (our_run(label, depth, epochs, seed, nth), rival_run(label, epochs, seed, nth))
        for seed, nth in runs
    ]
    return [Runs.of([pair[side] for pair in both]) for side in (0, 1)]


def speed(what: str, times: float, we: Runs, they: Runs) -> Result:
    reached = median(they.seconds) / median(we.seconds)
    must = f"{times:g} times faster"
    return Result(
        what, must, f"{reached:.1f} times", we.time, f"fastai {they.time}", reached >= times
    )


def cat(repeats: int) -> Iterator[Result]:
    we, they = pairs("cat", "head", 1, [(42, nth) for nth in range(repeats)])
    yield speed("cat or dog, fine_tune(1), head", 12, we, they)


def breeds(repeats: int) -> Iterator[Result]:
    del repeats
    we, they = pairs("breed", "head", 1, [(seed, 0) for seed in SEEDS])
    yield speed("three breeds, fine_tune(1), head", 12, we, they)
    share = we.error / max(they.error, 1e-9)
    yield Result(
        f"their mean error, split seeds {', '.join(map(str, SEEDS))}",
        "half of fastai's",
        f"{share:.2f} of it",
        we.listed,
        f"fastai {they.listed}",
        share <= 0.5,
    )


def last(repeats: int) -> Iterator[Result]:
    del repeats
    we, they = pairs("breed", "last", 3, [(seed, 0) for seed in SEEDS])
    yield speed("three breeds, fine_tune(3), last stage", 6, we, they)
    head = Runs.of([our_run("breed", "head", 1, seed) for seed in SEEDS])
    yield Result(
        "their mean error, the same seeds",
        "below depth head's",
        f"{we.error:.1%} against {head.error:.1%}",
        we.listed,
        f"fastai {they.listed}",
        we.error < head.error,
    )


def again(repeats: int) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as home:
        runs = [
            ours("fine_tune.py", PHOTOS, "breed", "head", 1, seed, home=Path(home))["seconds"]
            for seed in (42, *range(1, repeats + 1))
        ]
    figure = median(runs[1:])
    first = f"the first time {runs[0]:.2f} s"
    yield under("again on the same photos, head", figure, 1, "s", first)


def everything(repeats: int) -> Iterator[Result]:
    we, they = pairs("breed", "all", 1, [(seed, 0) for seed in SEEDS[:repeats]])
    rates = [PHOTOS_READ / median(runs.seconds) for runs in (we, they)]
    reached = rates[0] / rates[1]
    yield Result(
        'depth="all", fine_tune(1), photos a second',
        "2 times fastai's",
        f"{reached:.2f} times",
        f"{rates[0]:.1f}/s, {we.time}",
        f"fastai {rates[1]:.1f}/s, {they.time}",
        reached >= 2,
    )


def step(repeats: int) -> Iterator[Result]:
    del repeats
    figures = ours("step.py")
    ratio = median(a / b for a, b in zip(figures["ours"], figures["plain"], strict=True))
    yield Result(
        "a step of a tiny model, history and metric on",
        "1.10 of a plain loop",
        f"{ratio:.3f}",
        f"{median(figures['ours']):.0f} µs (of {len(figures['ours'])})",
        f"PyTorch {median(figures['plain']):.0f} µs",
        ratio <= 1.10,
    )


def predict(repeats: int) -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        model, photo = Path(folder) / "breeds.ckit", Path(folder) / "photo.jpg"
        ours("prepare.py", PHOTOS, model, photo)
        both = [
            (ours("predict.py", model, photo), rival("predict.py", PHOTOS, photo))
            for _ in range(repeats)
        ]
    we, they = (median(pair[side]["ms"] for pair in both) for side in (0, 1))
    yield Result(
        "12-megapixel JPEG to label",
        "5 times faster",
        f"{they / we:.1f} times",
        f"{we:.0f} ms (of {repeats})",
        f"fastai {they:.0f} ms",
        they / we >= 5,
    )
    largest = max(figures["mb"] for figures, _ in both)
    yield under("that process at its largest, torch blocked", largest, 200, "MB", "")


def importing(repeats: int) -> Iterator[Result]:
    code = (
        "import sys, time; began = time.perf_counter(); import coursekit; "
        "print((time.perf_counter() - began) * 1e3); "
        "sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    yield under("import coursekit, no torch, no numpy", _median_of(code, repeats), 50, "ms", "")


def stop(repeats: int) -> Iterator[Result]:
    runs = [ours("stop.py", PHOTOS)["seconds"] for _ in range(repeats)]
    yield under("Stop, and the next fit works; the slowest", max(runs), 1, "s", "")


def listing(repeats: int) -> Iterator[Result]:
    figures = ours("listing.py", repeats)
    yield under(f"listing {figures['n']:,} image files", median(figures["seconds"]), 1, "s", "")


def attached(repeats: int) -> Iterator[Result]:
    figures = ours("attached.py", max(repeats, 5))
    pairs = list(zip(figures["shown"], figures["plain"], strict=True))
    ratio = median(shown["seconds"] / plain["seconds"] for shown, plain in pairs)
    plain = median(p["seconds"] for _, p in pairs)
    yield Result(
        "10,000 steps with the monitor shown",
        "1.02 of without",
        f"{ratio:.3f}",
        f"{median(s['seconds'] for s, _ in pairs):.2f} s (of {len(pairs)})",
        f"without {plain:.2f} s",
        ratio <= 1.02,
    )
    rate = max(shown["messages"] for shown, _ in pairs)
    yield under("its messages while it trains, the most of a run", rate, 10, "a second", "")
    grown = median(shown["mb"] - plain["mb"] for shown, plain in pairs)
    yield under("its memory", grown, 20, "MB", "")


def visit(repeats: int) -> Iterator[Result]:
    seconds = ours("visit.py", repeats)["seconds"]
    yield under("a first visit to its first usable button", median(seconds), 2.5, "s", "")


def first(repeats: int) -> Iterator[Result]:
    figures = ours("first.py", PHOTOS, repeats)
    runs = [*figures["same"], *figures["new"]]
    for name, what, limit in (("sign", "its first sign", 1), ("point", "the first point", 2)):
        beside = f"with nothing remembered {figures['first'][name]:.2f} s"
        figure = median(run[name] for run in runs)
        yield under(f"Start to {what}, features remembered", figure, limit, "s", beside)


def _median_of(code: str, repeats: int) -> float:
    def once() -> float:
        command = [sys.executable, "-c", code]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    once()  # files come from the disk the first time
    return median(once() for _ in range(max(repeats, 5)))


ROWS: dict[str, Callable[[int], Iterator[Result]]] = {
    "cat": cat,
    "breeds": breeds,
    "last": last,
    "again": again,
    "all": everything,
    "step": step,
    "predict": predict,
    "import": importing,
    "stop": stop,
    "listing": listing,
    "attached": attached,
    "visit": visit,
    "first": first,
    **rows_quiz.ROWS,
    **rows_machine.ROWS,
}
