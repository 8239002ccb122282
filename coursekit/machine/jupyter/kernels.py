"""The kernels of this user's Jupyter servers: which there are, and how one is ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from coursekit.core.errors import CourseError
from coursekit.machine.jupyter import http
from coursekit.machine.jupyter.servers import NO_ANSWER, Servers, hub_token, kernels_at


class KernelStays(CourseError):
    """A kernel that its server does not end."""

    def __init__(self, it: Kernel) -> None:
        super().__init__(
            f"The kernel of {it.name} could not be ended. End it in Jupyter: Kernel, Shut Down."
        )


@dataclass(frozen=True)
class Kernel:
    """One that runs.

    Attributes:
        id: As its server calls it.
        name: The notebook's path, or what else uses it.
        busy: Whether a cell runs.
        server: The server's address, with a slash at its end.
        token: What the server wants to hear.
    """

    id: str
    name: str
    busy: bool
    server: str
    token: str = field(repr=False)

    def end(self) -> None:
        """Ends it; what is not saved in it is lost.

        Raises:
            KernelStays: It could not be ended.
        """
        try:
            http.delete(f"{self.server}api/kernels/{quote(self.id, safe='')}", self.token)
        except (OSError, ValueError, http.Refused):
            raise KernelStays(self) from None


def running(runtime: Path) -> tuple[list[Kernel], list[str]]:
    """All kernels of the servers that left a file in Jupyter's runtime folder.

    Returns:
        The kernels, and a sentence for each server that can't be asked.
    """
    found: list[Kernel] = []
    unasked: list[str] = []
    servers = Servers(runtime, hub_token())
    for url, said in servers.running().items():
        try:
            found += _of(url, servers.token(said))
        except ConnectionRefusedError:  # the process is another: nobody listens there
            continue
        except (*NO_ANSWER, http.Refused):
            unasked.append(f"Jupyter at {url} could not be asked for its kernels.")
    return found, unasked


def _of(url: str, token: str) -> list[Kernel]:
    sessions = json.loads(http.get(f"{url}api/sessions", token))
    names = {it["kernel"]["id"]: str(it.get("path") or it.get("name") or "") for it in sessions}
    return [
        Kernel(
            it["id"],
            names.get(it["id"]) or f"kernel {it['id'][:8]}",
            it.get("execution_state") == "busy",
            url,
            token,
        )
        for it in kernels_at(url, token)
    ]
