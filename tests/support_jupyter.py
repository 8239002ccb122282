"""A real Jupyter server without a page, with folders of its own, and its kernels."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import requests
from jupyter_client import BlockingKernelClient
from support_kernel import PATIENCE, FrontEnd

TOKEN = "a-token-for-tests"


@dataclass
class Jupyter:
    """A server that runs.

    Attributes:
        runtime: Where it says who it is, and where its kernels' connection files are.
        process: Its own.
        env: What it was started with.
    """

    runtime: Path
    process: subprocess.Popen[bytes]
    env: dict[str, str]

    def said(self) -> dict[str, Any]:
        """What its runtime file says; empty before it is there."""
        for file in self.runtime.glob("jpserver-*.json"):
            return dict(json.loads(file.read_text()))
        return {}

    def ask(self, method: str, path: str) -> Any:
        """What its API answers."""
        it = self.said()
        headers = {"Authorization": f"token {TOKEN}"}
        if it["sock"]:
            return _ask_socket(it["sock"], method, path, headers)
        answer = requests.request(method, f"{it['url']}{path}", headers=headers, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def start_kernel(self) -> str:
        """Its id."""
        return str(self.ask("POST", "api/kernels")["id"])

    def kernels(self) -> dict[str, dict[str, Any]]:
        """What the server says of each kernel, by id."""
        return {it["id"]: it for it in self.ask("GET", "api/kernels")}

    @contextmanager
    def speak(self, kernel: str) -> Iterator[FrontEnd]:
        """Runs code in a kernel, past the server, so that no page is connected."""
        client = BlockingKernelClient(connection_file=str(self.runtime / f"kernel-{kernel}.json"))
        client.load_connection_file()
        client.start_channels(hb=False)  # on a slow machine a beat is late
        try:
            client.wait_for_ready(timeout=PATIENCE)
            yield FrontEnd(client)
        finally:
            client.stop_channels()


@contextmanager
def jupyter(folder: Path, *options: str, token: str = TOKEN, **more: str) -> Iterator[Jupyter]:
    """A server with these options; it and its kernels are gone afterwards."""
    names = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    env = os.environ | {f"JUPYTER_{k}": str(folder / name) for k, name in names.items()}
    env |= {"IPYTHONDIR": str(folder / "ipython")} | more
    given = ["--allow-root", "--no-browser"]
    for default, other in (("--ip=127.0.0.1", "--ip="), ("--port=0", "--sock=")):
        given += [] if any(it.startswith(other) for it in options) else [default]
    given += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", *options]
    command = [sys.executable, "-m", "jupyter_server", *given]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
    it = Jupyter(folder / "runtime", process, env)
    try:
        until(lambda: _is_up(it), "the server's start")
        yield it
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a server in good order, or at once where that takes too long."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ask_socket(sock: str, method: str, path: str, headers: dict[str, str]) -> Any:
    """What a server on a unix socket answers."""
    connection = HTTPConnection("localhost", timeout=PATIENCE)
    connection.sock = socket.socket(socket.AF_UNIX)
    with closing(connection):  # also where nobody listens yet
        connection.sock.connect(sock)
        connection.request(method, f"/{path}", headers=headers)
        answer = connection.getresponse()
        content = answer.read()
    assert answer.status < 300, content
    return json.loads(content) if content else None


def _is_up(it: Jupyter) -> bool:
    try:
        return bool(it.ask("GET", "api"))
    except (KeyError, OSError, ValueError):
        return False


def until(there: Callable[[], object], what: str, seconds: float = PATIENCE) -> float:
    """Waits for something; returns for how many seconds."""
    began = time.monotonic()
    while not there():
        assert time.monotonic() - began < seconds, f"in vain for {seconds} s: {what}"
        time.sleep(0.1)
    return time.monotonic() - began
