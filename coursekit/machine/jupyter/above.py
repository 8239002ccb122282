"""The kernel that this process was started from, as by `!coursekit bye` in a cell."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import PurePath

import psutil


@cache
def kernels_above() -> frozenset[str]:
    """Their ids, as Jupyter calls them; empty in a terminal.

    Where there is one, nobody sees what is asked, and a cell is busy until this process ends.
    """
    found: set[str] = set()
    with suppress(psutil.Error):
        for process in psutil.Process().parents():
            with suppress(psutil.Error):
                found |= ids(process.cmdline())
    return frozenset(found)


def ids(command: list[str]) -> set[str]:
    """The id of the kernel that a command is; empty where it is none.

    Each kernel, of whatever language, is told its connection file, which has the id in its name.
    """
    files = [PurePath(word).stem for word in command if word.endswith(".json")]
    return {it.removeprefix("kernel-") for it in files if "kernel" in " ".join(command)}
