"""Cells and clicks count as activity from the first panel on that a kernel shows."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from ipykernel.connect import get_connection_file
from IPython.core.interactiveshell import InteractiveShell

from coursekit.core import activity, executing, kernel

_running: list[str] = []
"""The code of the cell that runs, if one does, and of those that it runs, as %%capture does."""


def note_cells() -> None:
    """Records each cell that runs or ends in this kernel, and each click; once is enough."""
    if kernel.kernel() is None:
        return
    events = kernel.shell().events
    # ipykernel's event after a cell, and the widgets' after each message of a page
    events.register("post_execute", _note)
    # these are not for messages: a page that is open would look like a cell at work
    events.register("pre_run_cell", _begin_cell)
    events.register("post_run_cell", _end)
    if not _running:
        _begin(*_begun())
    with suppress(RuntimeError):  # a kernel inside another program has no such file, and no name
        activity.all_of_kernel(Path(get_connection_file()).stem.removeprefix("kernel-"))


def _note() -> None:
    activity.record("cell")


def _begun() -> Iterator[str]:
    """The code of cells that had begun before anybody listened, as the first panel's.

    The kernel itself names the last one also once that has ended, as to a task that it left.
    """
    runs: CodeType = InteractiveShell.run_cell_async.__code__
    for frame in {*_here(), *_awaited()}:
        if frame.f_code is runs and not frame.f_locals["silent"]:  # a silent one's end is not told
            yield frame.f_locals["raw_cell"]


def _here() -> Iterator[FrameType]:
    """What was called to come here."""
    frame: FrameType | None = sys._getframe()
    while frame:
        yield frame
        frame = frame.f_back


def _awaited() -> Iterator[FrameType]:
    """What goes on beside this: a cell may wait while its task shows a panel."""
    with suppress(RuntimeError):  # no tasks in this thread
        for task in asyncio.all_tasks():
            if frame := getattr(task.get_coro(), "cr_frame", None):
                yield frame


def _begin_cell(info: Any) -> None:
    _begin(info.raw_cell)


def _begin(*cells: str) -> None:
    if cells and not _running:
        executing.begin()
    _running.extend(cells)


def _end(result: Any) -> None:
    """One that was broken off may have no result; an empty one has an end, but no beginning."""
    code = getattr(getattr(result, "info", None), "raw_cell", None)
    if code is None or code.strip():
        del _running[-1:]
    if not _running:
        executing.end()
