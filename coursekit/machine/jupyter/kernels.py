"""The kernels of this user's Jupyter servers: which there are, and how one is ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from coursekit.core.errors import CourseError
from coursekit.core.wording import listing
from coursekit.machine.jupyter import http
from coursekit.machine.jupyter.running import NO_ANSWER, Running, Server, hub_token


class KernelsStay(CourseError):
    """Kernels that their server does not end."""

    def __init__(self, *them: Kernel) -> None:
        kernels = "kernel" if len(them) == 1 else "kernels"
        super().__init__(
            f"The {kernels} of {listing(it.name for it in them)} could not be ended. End "
            f"{'it' if len(them) == 1 else 'them'} in Jupyter: Kernel, Shut Down."
        )


@dataclass(frozen=True)
class Kernel:
    """One that runs.

    Attributes:
        id: As its server calls it.
        name: The notebook's path, or what else uses it.
        busy: Whether a cell runs.
        server: Whose it is.
    """

    id: str
    name: str
    busy: bool
    server: Server

    def end(self) -> None:
        """Ends it; what is not saved in it is lost. One that is gone already has ended.

        Raises:
            KernelsStay: It could not be ended.
        """
        try:
            self.server.delete(f"api/kernels/{quote(self.id, safe='')}")
        except http.Absent:
            return
        except (OSError, ValueError, http.Refused):
            raise KernelsStay(self) from None


def end_all(kernels: Iterable[Kernel]) -> list[Kernel]:
    """Ends each that can be ended; those that stay."""
    stay = []
    for it in kernels:
        try:
            it.end()
        except KernelsStay:
            stay.append(it)
    return stay


def running(runtime: Path) -> tuple[list[Kernel], list[str]]:
    """All kernels of the servers that left a file in Jupyter's runtime folder.

    Returns:
        The kernels, and a sentence for each server that can't be asked.
    """
    found: list[Kernel] = []
    servers = Running(runtime, hub_token())
    running = servers.look()
    unasked = servers.unread
    for server in running:
        try:
            found += _of(server)
        except ConnectionRefusedError:  # the process is another: nobody listens there
            continue
        except (*NO_ANSWER, http.Refused):
            unasked.append(f"{server.name} could not be asked for its kernels.")
    return found, unasked


def _of(server: Server) -> list[Kernel]:
    sessions = server.get("api/sessions")
    names = {it["kernel"]["id"]: str(it.get("path") or it.get("name") or "") for it in sessions}
    return [
        Kernel(
            it["id"],
            names.get(it["id"]) or f"kernel {it['id'][:8]}",
            it.get("execution_state") == "busy",
            server,
        )
        for it in server.kernels()
    ]
