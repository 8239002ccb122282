"""What shows that somebody was here: coursekit's own notes, trainings, cells, keys typed."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from coursekit.core import executing, handing, paths
from coursekit.core.wording import listing
from coursekit.machine.idle import Seen, Trace
from coursekit.machine.processes import is_alive
from coursekit.machine.rereading import Rereading

TERMINALS = Path("/dev/pts")

NOTED = {
    "train_step": "a training step",
    "upload": "a picture to classify",
    "answer": "an answer",
    "cell": "a cell or a click in a notebook",
    "here": "somebody who said so",
}
SOMETHING = "something that coursekit noted"


class Notes:
    """The files that `core.activity` writes.

    Attributes:
        kernels: The Jupyter kernels of which all is noted there, by id.
    """

    def __init__(self) -> None:
        self._files = Rereading(_content)
        self.kernels: frozenset[str] = frozenset()

    def look(self) -> Seen:
        """What they show."""
        try:
            known = self._files.look(_noted())
        except OSError as error:
            return Seen(unknown=f"The folder {error.filename} can't be read.")
        if unread := sorted(name for name in self._files.unread if _lives(name)):
            return Seen(unknown=f"The file {paths.home() / 'state' / unread[0]} can't be read.")
        held = [(name, kernel) for name, (_, (_, kernel)) in known.items() if kernel]
        self.kernels = frozenset(kernel for name, kernel in held if _lives(name))
        return Seen(traces={name: Trace(mark, what) for name, (mark, (what, _)) in known.items()})


def _noted() -> list[os.DirEntry[str]]:
    try:
        files = list(os.scandir(paths.home() / "state"))
    except FileNotFoundError:
        return []
    return [it for it in files if it.name.startswith("activity-") and it.name.endswith(".json")]


def _content(path: Path) -> tuple[str, str]:
    """What it noted last, in words, and of which kernel it notes all."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        kernel = str(said.get("kernel", ""))
        times = {kind: when for kind, when in said.items() if isinstance(when, int | float)}
        return NOTED.get(max(times, key=lambda kind: times[kind]), SOMETHING), kernel
    except (OSError, ValueError, AttributeError):  # half written, or not by coursekit
        return SOMETHING, ""


def _lives(name: str) -> bool:
    """Whether the process that a file is of is there still; a kernel can be started again."""
    pid = name.removeprefix("activity-").removesuffix(".json")
    return pid.isdigit() and is_alive(int(pid))


def trainings() -> Seen:
    """Runs in the background: one that trains is at work, one that waits is not."""
    try:
        found = handing.listed()
    except OSError as error:
        return Seen(unknown=f"The folder {error.filename} can't be read.")
    trains = [run for run in found.runs if not handing.is_waiting(run)]
    traces = {str(run): Trace(run in trains, "a training that began") for run in found.runs}
    hidden = listing(found.unknown)
    unknown = f"Nobody can say whether a training is at work in {hidden}." if hidden else ""
    return Seen("a training" if trains else "", traces, unknown)


def cells() -> Seen:
    """Cells that run in notebooks that have shown a panel, also where no Jupyter server tells."""
    try:
        return Seen("a cell" if executing.runs() else "")
    except OSError as error:
        return Seen(unknown=f"The folder {error.filename} can't be read.")


def keys() -> Seen:
    """When each terminal was typed into last, to 8 seconds; Linux keeps it as the file's time."""
    traces = {}
    with suppress(OSError):
        # beside the terminals, called by numbers, there is what programs make new ones with
        for file in filter(lambda it: it.name.isdecimal(), os.scandir(TERMINALS)):
            with suppress(OSError):
                traces[file.name] = Trace(file.stat().st_atime_ns, "keys typed in a terminal")
    return Seen(traces=traces)
