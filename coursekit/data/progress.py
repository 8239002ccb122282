"""How far a long job is: a bar, a function of the caller's, or nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Tell = Callable[[int, int | None, str], None]
"""Takes how much is done, of how much (None: not known), and of what."""


@contextmanager
def reporting(progress: bool | Tell | None) -> Iterator[Tell]:
    """Gives a function to tell progress to, as often as one likes.

    Args:
        progress: A function is called at most ten times a second, and at each end. True is a
            bar, False nothing; None is a bar on the main thread and nothing elsewhere, since
            what a thread prints lands in another cell.
    """
    if callable(progress):
        yield _at_most_ten_a_second(progress)
    elif progress or (progress is None and threading.current_thread() is threading.main_thread()):
        bar = _Bar()
        try:
            yield _at_most_ten_a_second(bar.show)
        finally:
            bar.close()
    else:
        yield lambda done, total, what: None


def _at_most_ten_a_second(tell: Tell) -> Tell:
    last: tuple[float, str] = (0.0, "")

    def throttled(done: int, total: int | None, what: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last[0] >= 0.1 or what != last[1] or done == total:
            last = now, what
            tell(done, total, what)

    return throttled


class _Bar:
    """A tqdm bar for each thing told of; one that ends within half a second is never seen."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._what = ""

    def show(self, done: int, total: int | None, what: str) -> None:
        if what != self._what:
            self.close()
            self._bar, self._what = self._new(total, what), what
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def _new(self, total: int | None, what: str) -> Any:
        from tqdm.auto import tqdm  # in a notebook a widget, else text

        return tqdm(desc=what, total=total, unit="", unit_scale=True, delay=0.5, leave=False)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar, self._what = None, ""
