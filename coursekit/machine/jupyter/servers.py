"""What the Jupyter servers of this user show to whoever asks whether somebody is there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from coursekit.machine.idle import Seen, Trace
from coursekit.machine.jupyter import http
from coursekit.machine.jupyter.running import NO_ANSWER, Running, Server

UNREAD = "a Jupyter server whose file can't be read"


class Servers:
    """Looks at them again and again.

    Args:
        folder: Jupyter's runtime folder.
        token: For servers that name none, as those of JupyterHub.
    """

    def __init__(self, folder: Path, token: str = "") -> None:
        self._running = Running(folder, token)

    def look(self, noted: frozenset[str]) -> dict[str, Seen]:
        """What each server that runs shows, by its name; raises nothing.

        Args:
            noted: Kernels of which coursekit notes all that is done. Their last message is no sign:
                a panel that shows the machine sends one every second.
        """
        found = {}
        for server in self._running.look():
            with suppress(ConnectionRefusedError):  # the process is another: nobody listens there
                found[server.name] = _ask(server, noted)
        if self._running.unread:
            found[UNREAD] = Seen(unknown=" ".join(self._running.unread))
        return found


def _ask(server: Server, noted: frozenset[str]) -> Seen:
    try:
        kernels = server.kernels()
        busy = any(it.get("execution_state") == "busy" for it in kernels)
        traces = {f"kernel {it['id']}": _trace(it, noted) for it in kernels}
    except ConnectionRefusedError:
        raise
    except http.Refused:
        return Seen(unknown=f"{server.name} lets nobody ask it without its password.")
    except NO_ANSWER:
        return Seen(unknown=f"{server.name} does not answer.")
    traces["server"] = Trace(server.pid, "a Jupyter server that was started")
    return Seen("a cell" if busy else "", traces)


def _trace(kernel: Mapping[str, Any], noted: frozenset[str]) -> Trace:
    last = "" if kernel["id"] in noted else kernel.get("last_activity")
    return Trace(str(last), "a notebook's kernel")
