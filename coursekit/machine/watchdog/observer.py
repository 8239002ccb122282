"""All that the watchdog sees, at one look."""

from __future__ import annotations

from pathlib import Path

from coursekit.machine.idle import Seen
from coursekit.machine.jupyter.running import hub_token
from coursekit.machine.jupyter.servers import Servers
from coursekit.machine.traces import Notes, cells, keys, trainings
from coursekit.machine.watchdog.gpu import GpuUse


class Observer:
    """Looks at coursekit's files, terminals, GPUs and Jupyter servers.

    Args:
        runtime: Jupyter's runtime folder.
    """

    def __init__(self, runtime: Path) -> None:
        self._notes, self._gpu = Notes(), GpuUse()
        self._servers = Servers(runtime, hub_token())

    def look(self, soon: bool = False) -> dict[str, Seen]:
        """What each source shows; `soon`: something is about to be done, so ask all anew."""
        noted = self._notes.look()
        return {
            "what coursekit notes": noted,
            "the trainings": trainings(),
            "the cells": cells(),
            "the terminals": keys(),
            "the GPU": self._gpu.look(soon),
            **self._servers.look(self._notes.kernels),
        }
