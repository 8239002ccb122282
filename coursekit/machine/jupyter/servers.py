"""What the Jupyter servers of this user say of their kernels."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from coursekit.machine.idle import Seen, Trace
from coursekit.machine.jupyter import http
from coursekit.machine.processes import is_alive
from coursekit.machine.rereading import Rereading

NO_ANSWER = (OSError, ValueError, KeyError, TypeError, AttributeError)
"""What is raised where a server does not answer, or not as Jupyter does."""


class Servers:
    """Servers by the files that they leave in Jupyter's runtime folder while they run.

    Args:
        folder: That one.
        token: For servers that name none, as those of JupyterHub.
    """

    def __init__(self, folder: Path, token: str = "") -> None:
        self._folder, self._token = folder, token
        self._files = Rereading(_content)

    def look(self, noted: frozenset[str]) -> dict[str, Seen]:
        """What each server that runs shows, by its name.

        Args:
            noted: Kernels of which coursekit notes all that is done. Their last message is no sign:
                a panel that shows the machine sends one every second.
        """
        found = {}
        for url, server in self.running().items():
            with suppress(ConnectionRefusedError):  # the process is another: nobody listens there
                found[f"Jupyter at {url}"] = self._ask(url, server, noted)
        return found

    def running(self) -> dict[str, Mapping[str, Any]]:
        """What those that run say of themselves, by their address; where two do, the later."""
        known = self._files.look(it for it in self._folder.glob("jpserver-*.json") if _is_used(it))
        files = sorted(known.values(), key=lambda it: it[0])
        return {str(said.get("url", "an unknown address")): said for _, said in files}

    def token(self, server: Mapping[str, Any]) -> str:
        """What a server wants to hear, from what it says of itself."""
        return str(server.get("token", "") or self._token)

    def _ask(self, url: str, server: Mapping[str, Any], noted: frozenset[str]) -> Seen:
        try:
            kernels = kernels_at(url, self.token(server))
            busy = any(it.get("execution_state") == "busy" for it in kernels)
            traces = {f"kernel {it['id']}": _trace(it, noted) for it in kernels}
        except ConnectionRefusedError:
            raise
        except http.Refused:
            return Seen(unknown=f"Jupyter at {url} lets nobody ask it without its password.")
        except NO_ANSWER:
            return Seen(unknown=f"Jupyter at {url} does not answer.")
        traces["server"] = Trace(server.get("pid"), "a Jupyter server that was started")
        return Seen("a cell" if busy else "", traces)


def _is_used(file: Path) -> bool:
    """Whether the process that a file is of is there still."""
    pid = file.stem.removeprefix("jpserver-")
    return pid.isdigit() and is_alive(int(pid))


def _content(file: Path) -> Mapping[str, Any]:
    """What a server said of itself; nothing where it is half written."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def kernels_at(url: str, token: str) -> Any:
    """What a server says of its kernels, without that counting as activity; see `http.get`."""
    return json.loads(http.get(f"{url}api/kernels?no_track_activity=1", token))


def _trace(kernel: Mapping[str, Any], noted: frozenset[str]) -> Trace:
    last = "" if kernel["id"] in noted else kernel.get("last_activity")
    return Trace(str(last), "a notebook's kernel")


def hub_token() -> str:
    """The token that JupyterHub gives a server and all that is started in it; "" elsewhere."""
    return os.environ.get("JUPYTERHUB_API_TOKEN", "")
