"""Cells and clicks count as activity from the first panel on that a kernel shows."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from ipykernel.connect import get_connection_file

from coursekit.core import activity, executing, kernel

_outermost: list[str] = []
"""The code of the cell that runs, if one does; it can run others in it, as %%capture does."""


def note_cells() -> None:
    """Records each cell that runs or ends in this kernel, and each click; once is enough."""
    ours = kernel.kernel()
    if ours is None:
        return
    events = kernel.shell().events
    # ipykernel's event after a cell, and the widgets' after each message of a page
    events.register("post_execute", _note)
    # these are not for messages: a page that is open would look like a cell at work
    events.register("pre_run_cell", _begin_cell)
    events.register("post_run_cell", _end)
    _begin_now(ours)
    with suppress(RuntimeError):  # a kernel inside another program has no such file, and no name
        activity.all_of_kernel(Path(get_connection_file()).stem.removeprefix("kernel-"))


def _note() -> None:
    activity.record("cell")


def _begin_now(ours: Any) -> None:
    """The cell that shows the first panel has begun before anybody listened."""
    request: Any = getattr(ours, "get_parent", dict)() or {}
    asked = request.get("header", {}).get("msg_type")
    if asked == "execute_request" and threading.current_thread() is threading.main_thread():
        _begin(request["content"]["code"])


def _begin_cell(info: Any) -> None:
    _begin(info.raw_cell)


def _begin(code: str) -> None:
    if not _outermost:
        _outermost.append(code)
        executing.begin()


def _end(result: Any) -> None:
    """Ends what began with the same code; one that was broken off may have no result."""
    code = getattr(getattr(result, "info", None), "raw_cell", None)
    if code is None or code in _outermost:
        _outermost.clear()
        executing.end()
