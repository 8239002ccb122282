"""The rows about questions, what is kept of their answers, and the board."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median

from tests.benchmarks.result import Result, under
from tests.benchmarks.sides import ROOT, ours

LESSON = ROOT / "lessons" / "01_questions.md"
ANSWERS = 10
"""Of each of the processes that answer at once."""


def at_once(repeats: int) -> Iterator[Result]:
    runs = [ours("answers.py", ANSWERS) for _ in range(repeats)]
    kept, seen, middle = (median(run[name] for run in runs) for name in ("kept", "seen", "median"))
    what = f"{runs[0]['processes']} processes answer at once, SQLite: 99 % are kept"
    yield under(what, kept, 1, "s", f"half of them {middle:.2f} s")
    yield under("99 % of them have their feedback", seen, 1, "s", "")


def page(repeats: int) -> Iterator[Result]:
    figures = ours("quiz.py", LESSON, repeats)
    slowest = f"the slowest {max(figures['feedback']):.0f} ms"
    yield under("a quiz's page to its first question", median(figures["first"]), 2, "s", "")
    yield under("answer clicked to feedback seen", median(figures["feedback"]), 100, "ms", slowest)
    torch = "with torch" if figures["torch"] else "no torch"
    yield under(f"its kernel, {torch}", max(figures["mb"]), 120, "MB", "")


def parsed(repeats: int) -> Iterator[Result]:
    figures = ours("questions.py", LESSON, repeats)
    what = f"{figures['n']:,} questions parsed and checked"
    yield under(what, median(figures["seconds"]), 1, "s", "")


def due(repeats: int) -> Iterator[Result]:
    for kind in ("sqlite", "postgresql"):
        figures = ours("due.py", kind, 10 * repeats)
        beside = ", ".join(
            f"{name} {median(figures[name]):.1f} ms" for name in ("today", "forecast")
        )
        yield under(f"due list of 100,000 cards, {kind}", median(figures["due"]), 10, "ms", beside)


def board(repeats: int) -> Iterator[Result]:
    for kind in ("sqlite", "postgresql"):
        figures = ours("board.py", kind, 10 * repeats)
        what = f"of a board of 100,000 runs, {kind}"
        yield under(f"the top 50 {what}", median(figures["top"]), 10, "ms", "")
        yield under(f"one's own rank {what}", median(figures["rank"]), 10, "ms", "")


ROWS: dict[str, Callable[[int], Iterator[Result]]] = {
    "answers": at_once,
    "quiz": page,
    "questions": parsed,
    "due": due,
    "board": board,
}
