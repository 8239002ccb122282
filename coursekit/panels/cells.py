"""Cells and clicks count as activity from the first panel on that a kernel shows."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ipykernel.connect import get_connection_file

from coursekit.core import activity, kernel


def note_cells() -> None:
    """Records each cell that ends in this kernel, and each click in a panel; once is enough."""
    if kernel.kernel() is None:
        return
    # ipykernel's event after a cell, and the widgets' after each message of a page
    kernel.shell().events.register("post_execute", _note)
    with suppress(RuntimeError):  # a kernel inside another program has no such file, and no name
        activity.all_of_kernel(Path(get_connection_file()).stem.removeprefix("kernel-"))


def _note() -> None:
    activity.record("cell")
