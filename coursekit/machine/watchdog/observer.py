"""All that the watchdog sees, at one look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from coursekit.core.errors import sentence
from coursekit.machine.idle import Seen
from coursekit.machine.jupyter.running import hub_token
from coursekit.machine.jupyter.servers import Servers
from coursekit.machine.traces import Notes, cells, keys, trainings
from coursekit.machine.watchdog.gpu import GpuUse

SERVERS = "Jupyter's servers"


class Observer:
    """Looks at coursekit's files, terminals, GPUs and Jupyter servers.

    Args:
        runtime: Jupyter's runtime folder.
    """

    def __init__(self, runtime: Path) -> None:
        self._notes, self._gpu = Notes(), GpuUse()
        self._servers = Servers(runtime, hub_token())
        self._last: Mapping[str, Seen] = {}

    def look(self, soon: bool = False) -> dict[str, Seen]:
        """What each source shows; `soon`: something is about to be done, so ask all anew.

        One that fails, however that may be, is unknown until it can be asked again.
        """
        return {
            **_asked("what coursekit notes", self._notes.look),
            **_asked("the trainings", trainings),
            **_asked("the cells", cells),
            **_asked("the terminals", keys),
            **_asked("the GPU", lambda: self._gpu.look(soon)),
            **self._all_servers(),
        }

    def _all_servers(self) -> Mapping[str, Seen]:
        """Where they can't be asked, those of the last look stay, so that none seems to end."""
        found: Mapping[str, Seen] = {}

        def ask() -> Seen:
            nonlocal found
            found = self._servers.look(self._notes.kernels)
            return Seen()

        whole = _asked(SERVERS, ask)
        self._last = dict.fromkeys(self._last, whole[SERVERS]) if whole[SERVERS].unknown else found
        return {**whole, **self._last}


def _asked(name: str, look: Callable[[], Seen]) -> dict[str, Seen]:
    """What a source shows, by its name."""
    try:
        return {name: look()}
    except Exception as error:  # noqa: BLE001 - a watchdog that dies guards nothing
        what = f"{name[0].upper()}{name[1:]}"
        return {name: Seen(unknown=f"{what} can't be asked ({sentence(error)}).")}
