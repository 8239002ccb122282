"""Looks every few seconds what was done: in other cells, in other pages, on the command line."""

from __future__ import annotations

import threading
from collections.abc import Callable

from coursekit.panels.homework.model import HomeworkModel

SECONDS = 3.0

_watched: dict[int, threading.Event] = {}


def watch(model: HomeworkModel, seconds: float = SECONDS) -> Callable[[], None]:
    """Refreshes a model again and again; it tells only of changes.

    A lesson has one such watch: a new one ends the last.

    Returns:
        What ends that.
    """
    ended = threading.Event()
    lesson = model.homework.lesson
    if last := _watched.get(lesson):  # a cell that is run again leaves its old widgets behind
        last.set()
    _watched[lesson] = ended

    def look() -> None:
        while not ended.wait(seconds):
            model.refresh()

    threading.Thread(target=look, name="homework", daemon=True).start()
    return ended.set
