"""The servers of this user that run on this machine, by the files that they leave meanwhile."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from coursekit.machine.jupyter import http, written
from coursekit.machine.processes import is_alive
from coursekit.machine.rereading import Mark, Rereading

UNKNOWN = "an unknown address"

NO_ANSWER = (OSError, ValueError, KeyError, TypeError, AttributeError)
"""What is raised where a server does not answer, or not as Jupyter does."""


@dataclass(frozen=True)
class Server:
    """One that runs.

    Attributes:
        url: Its address, with a slash at its end.
        token: What it wants to hear.
        pid: Its process.
        at: Where it listens; None where only the address tells.
    """

    url: str
    token: str = field(repr=False)
    pid: int
    at: http.Address | None

    @property
    def name(self) -> str:
        """What to call it: its address, or the path of its unix socket."""
        return f"Jupyter at {self.at if isinstance(self.at, str) else self.url}"

    def get(self, path: str) -> Any:
        """What it says at a path below its address; raises as `http.get` does."""
        return json.loads(http.get(f"{self.url}{path}", self.token, self.at))

    def delete(self, path: str) -> None:
        """Ends what is there; raises as `http.delete` does."""
        http.delete(f"{self.url}{path}", self.token, self.at)

    def kernels(self) -> Any:
        """What it says of its kernels, without that counting as activity."""
        return self.get("api/kernels?no_track_activity=1")


@dataclass(frozen=True)
class _Said:
    """What a file says, and whose it is."""

    content: Mapping[str, Any]
    owner: int


@dataclass(frozen=True)
class _Judged:
    """The server that a file and the process of its number make, if any; while both last."""

    mark: Mark
    process: psutil.Process
    server: Server | None


class Running:
    """Looks for them again and again.

    Args:
        folder: Jupyter's runtime folder.
        token: For servers that name none, as those of JupyterHub.

    Attributes:
        unread: A sentence for each file, or the folder, that can't be read.
    """

    def __init__(self, folder: Path, token: str = "") -> None:
        self._folder, self._token = folder, token
        self._files = Rereading(_content)
        self._judged: dict[str, _Judged] = {}
        self.unread: list[str] = []

    def look(self) -> list[Server]:
        """All that run; of two with one address the later."""
        try:
            files = [it for it in os.scandir(self._folder) if _process(it.name)]
        except FileNotFoundError:
            files = []
        except OSError:
            self.unread = [f"Jupyter's folder {self._folder} can't be read."]
            return []
        known = sorted(self._files.look(files).items(), key=lambda it: it[1][0])
        judged = {name: self._judge(name, mark, said) for name, (mark, said) in known}
        self._judged = {name: it for name, it in judged.items() if it}
        self.unread = [
            f"Jupyter's file {self._folder / name} can't be read."
            for name in sorted(self._files.unread - judged.keys())
            if (process := _process(name)) and written.may_be_jupyter(process, None)
        ]
        found = [it.server for it in self._judged.values() if it.server]
        return list({it.url: it for it in found}.values())

    def _judge(self, name: str, mark: Mark, said: _Said) -> _Judged | None:
        before = self._judged.get(name)
        if before and before.mark == mark and before.process.is_running():
            return before
        process = _process(name)
        return process and _Judged(mark, process, self._server(process, mark, said))

    def _server(self, process: psutil.Process, mark: Mark, said: _Said) -> Server | None:
        if not written.may_be_jupyter(process, said.owner):
            return None
        content, url = said.content, str(said.content.get("url", UNKNOWN))
        at = written.listens_at(process, content)
        # not all systems let one see who listens
        there = at or written.was_there(process, mark[0] / 1e9)
        if not there or not (at or url == UNKNOWN or written.is_here(url)):
            return None
        return Server(url, str(content.get("token", "") or self._token), process.pid, at)


def _process(name: str) -> psutil.Process | None:
    """The process that has the number in a file's name now; None where it is no server's file."""
    pid = name.removeprefix("jpserver-").removesuffix(".json")
    if name != f"jpserver-{pid}.json" or not (pid.isascii() and pid.isdigit()):
        return None
    try:
        return psutil.Process(int(pid)) if is_alive(int(pid)) else None
    except psutil.Error:
        return None


def _content(file: Path) -> _Said:
    """What a server said of itself; nothing where it is half written."""
    with file.open(encoding="utf-8") as opened:
        owner = os.fstat(opened.fileno()).st_uid
        try:
            said = json.load(opened)
        except ValueError:
            said = {}
    return _Said(said if isinstance(said, dict) else {}, owner)


def hub_token() -> str:
    """The token that JupyterHub gives a server and all that is started in it; "" elsewhere."""
    return os.environ.get("JUPYTERHUB_API_TOKEN", "")
