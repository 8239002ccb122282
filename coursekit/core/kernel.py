"""The Jupyter kernel that this process is, where it is one; asked without importing IPython."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

EVERY = 30.0
"""Seconds between two messages of a kernel that is at work in a thread."""

AT_WORK = "coursekit_at_work"
"""Their type; front ends pass over types that they don't know."""


def shell() -> Any:
    """IPython's shell, in a kernel or a terminal; None outside of it."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def kernel() -> Any:
    """The kernel; None where this process is none."""
    return getattr(shell(), "kernel", None)


@contextmanager
def awake(resting: Callable[[], bool]) -> Iterator[None]:
    """Has the kernel send a message every half minute while the block lasts.

    A server ends kernels that send none for some time; what a thread does it does not see.

    Args:
        resting: Whether nothing is being done just now, so that none is sent.
    """
    ours, over = kernel(), threading.Event()
    if ours is None:
        yield
        return
    args = (ours, over, resting)
    thread = threading.Thread(target=_send, args=args, name="coursekit at work", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _send(ours: Any, over: threading.Event, resting: Callable[[], bool]) -> None:
    while not over.wait(EVERY):
        if not resting():
            ours.session.send(ours.iopub_socket, AT_WORK, {})
