"""A hub on this computer: as much of JupyterHub's HTTP as stopping a server needs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "s3cret-token"
PREFIX = "/hub/api"


@dataclass
class Hub:
    """A hub with one user, ada.

    Attributes:
        running: The names of her servers, "" for the default one.
        slow: Whether a server takes longer to stop than the hub waits.
        may_stop: Whether her servers' token may stop them; since JupyterHub 2 it may not unless
            the hub's operators say so.
        asked: Method and path of each request.
        fails: A status and a message to answer with whatever is asked.
    """

    running: set[str] = field(default_factory=lambda: {""})
    slow: bool = False
    may_stop: bool = True
    asked: list[str] = field(default_factory=list)
    fails: tuple[int, str] | None = None
    url: str = ""

    def answer(self, path: str, authorization: str) -> tuple[int, str]:
        """A status, and why."""
        if self.fails:
            return self.fails
        if authorization != f"token {TOKEN}":
            return 403, "Missing or invalid credentials."
        if not path.startswith(f"{PREFIX}/users/ada/server"):
            return 404, "Not found"
        if not self.may_stop:
            return (
                403,
                "Action is not authorized with current scopes; requires any of ['delete:servers']",
            )
        name = path.removeprefix(f"{PREFIX}/users/ada/server").removeprefix("s/")
        if name not in self.running:
            return 404, f"ada has no server named {name!r}"
        self.running.discard(name)
        return (202, "") if self.slow else (204, "")


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serves a hub; its `url` is what servers get as JUPYTERHUB_API_URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            """Says nothing."""

        def do_DELETE(self) -> None:
            hub.asked.append(f"DELETE {self.path}")
            status, message = hub.answer(self.path, self.headers["Authorization"] or "")
            body = json.dumps({"status": status, "message": message}).encode() if message else b""
            self.send_response(status)
            if status == 302:
                self.send_header("Location", message)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        hub.url = f"http://127.0.0.1:{server.server_port}{PREFIX}"
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()
