"""Starts Voila with a page of ours: for this machine only, behind a token, serving no files."""

from __future__ import annotations

import errno
import http.client
import json
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from coursekit.core.errors import CourseError

HOST = "127.0.0.1"
PORT = 8866
PORTS_TRIED = 50
CHANCES = 3
LARGEST_MESSAGE = 64 * 2**20  # bytes; tornado's 10 MiB drops the connection and says nothing
CULL_AFTER = 120  # seconds
PREHEATED = 1  # kernels
LONGEST_SOCKET = 100  # bytes of a socket file's path; macOS takes 103, Linux 107
HERE = Path(__file__).parent
TEMPLATE = HERE / "template" / "voila" / "templates" / "coursekit"
PAGES = {page.stem: page for page in sorted((HERE / "pages").glob("*.ipynb"))}
WORKBENCH = PAGES["workbench"]
EXTENSIONS = (
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
)


class PortInUse(CourseError):
    """Another program listens there."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} of this machine is in use. Name another with --port, "
            "or leave --port out and a free one is taken."
        )


class NeedsToken(CourseError):
    """A page that others can reach, without a secret of the user's choice."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"With --host {host} other machines can open the page and read the photos below its "
            "folder. Name a secret for it with --token, or leave --host out to keep it here."
        )


class NoSuchHost(CourseError):
    """An address that is not this machine's."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} is no address of this machine. Use 127.0.0.1 for yourself alone, or 0.0.0.0 "
            "for all that can reach this machine."
        )


class ServerDied(CourseError):
    """Voila ended, or never answered."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The page's server {reason}. Its own words are above.")


def settings(
    port: int, cull_after: int = CULL_AFTER, host: str = HOST, preheat: int = PREHEATED
) -> dict[str, Any]:
    """Voila's configuration. A closed page's kernel goes `cull_after` s after its last message.

    An open page, or a run that still reports, keeps its kernel. One that died is not started again:
    it would know nothing of the page, which says instead that Python has ended. `preheat` kernels
    have built the page before anybody asks for it.
    """
    voila = {
        "ip": host,
        "port": port,
        "port_retries": 0,
        "open_browser": False,
        "auto_token": True,
        "config_file_paths": [],
        "log_level": "ERROR",
        "identity_provider_class": "coursekit.app.identity.PageIdentity",
        "tornado_settings": {
            "websocket_max_message_size": LARGEST_MESSAGE,
            "allow_remote_access": host != HOST,
        },
    }
    page = {
        "template": "coursekit",
        "allow_template_override": "NO",
        "file_allowlist": [],
        "file_denylist": [".*"],
        "extension_allowlist": list(EXTENSIONS),
        "multi_kernel_manager_class": "coursekit.app.kernels.PageKernels",
        "preheat_kernel": preheat > 0,
        "default_pool_size": preheat,
    }
    culling = {
        "cull_idle_timeout": cull_after,
        "cull_interval": max(1, min(10, cull_after // 3)),
        "cull_connected": False,
        "cull_busy": False,
    }
    return {
        "Voila": voila,
        "VoilaConfiguration": page,
        "MappingKernelManager": culling,
        "KernelManager": {"transport": transport(tempfile.gettempdir())},
        "KernelRestarter": {"restart_limit": 0},
    }


def transport(folder: str) -> str:
    """How the server talks to kernels: through files below `folder` where it may, else ports.

    Jupyter names a kernel's ports a second before the kernel takes them, and a kernel whose port
    another program has taken since then ends at once. Files of its own nobody takes.
    """
    longest = Path(folder, "voila_01234567", f"kernel-{uuid.UUID(int=0)}-ipc-5")
    return "ipc" if os.name == "posix" and len(os.fsencode(longest)) <= LONGEST_SOCKET else "tcp"


def free_port(asked: int | None, host: str = HOST) -> int:
    """`asked` if nobody listens there; without it the first free one from `PORT` on.

    Raises:
        PortInUse: `asked` is taken.
        NoSuchHost: `host` is no address of this machine.
    """
    for port in [asked] if asked else [*range(PORT, PORT + PORTS_TRIED), 0]:
        try:
            with socket.create_server((host, port)) as trial:
                return int(trial.getsockname()[1])
        except OSError as error:
            if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                raise NoSuchHost(host) from None
    raise PortInUse(asked or PORT)


class Server:
    """The page's server, in a process of its own, while the `with` block runs.

    It ends with this process, however this process ends: it watches the pipe between them.

    Args:
        root: The folder chooser of the page starts here and never leaves it.
        port: None for the first free one.
        page: The notebook that is the page.
        cull_after: Seconds after which the kernel of a closed page ends.
        host: The address to listen at; any but this machine's own needs a `token`.
        token: The secret in the page's address; None draws one.
        preheat: Kernels that build the page before it is asked for.

    Raises:
        CourseError: The port is in use, or the page would be open to others without a secret.
    """

    def __init__(
        self,
        root: Path,
        port: int | None = None,
        page: Path = WORKBENCH,
        cull_after: int = CULL_AFTER,
        host: str = HOST,
        token: str | None = None,
        preheat: int = PREHEATED,
    ) -> None:
        if host not in (HOST, "localhost") and not token:
            raise NeedsToken(host)
        self.root, self.page = root.resolve(), page
        self.host = HOST if host == "localhost" else host
        self.asked, self.port = port, free_port(port, self.host)
        self.given, self.token = token is not None, token or secrets.token_urlsafe(24)
        self.cull_after, self.preheat = cull_after, preheat

    @property
    def address(self) -> str:
        """Where the page is, with its token."""
        shown = socket.gethostname() if self.host == "0.0.0.0" else self.host  # noqa: S104 - shown
        return f"http://{shown}:{self.port}/?token={quote(self.token)}"

    def __enter__(self) -> Self:
        for chance in range(CHANCES):
            try:
                self._start()
                break
            except ServerDied:
                # another program may have taken the free port in the moment since we looked
                if self.asked is not None or chance == CHANCES - 1:
                    raise
                self.port = free_port(None, self.host)
                if not self.given:
                    self.token = secrets.token_urlsafe(24)  # the other one may have heard it
        return self

    def _start(self) -> None:
        options = (self.port, self.cull_after, self.host, self.preheat)
        arguments = [str(self.page), json.dumps(options)]
        self.process = subprocess.Popen(  # noqa: S603 - this very Python
            [sys.executable, "-m", "coursekit.app.serve", *arguments],
            stdin=subprocess.PIPE,
            env={**os.environ, **self._environment()},
            start_new_session=True,  # or a Ctrl-C would reach it too, before we can stop it
        )
        try:
            self._wait_until_up()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _environment(self) -> dict[str, str]:
        shares = [str(HERE / "template"), os.environ.get("JUPYTER_PATH", "")]
        return {
            "JUPYTER_PATH": os.pathsep.join(filter(None, shares)),
            "JUPYTER_TOKEN": self.token,
            "COURSEKIT_ROOT": str(self.root),
            "COURSEKIT_SHARED": "" if self.host == HOST else "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # or each kernel prints four lines about it
        }

    def _wait_until_up(self, seconds: float = 60) -> None:
        """Returns as soon as the server answers; looks every 50 ms."""
        end = time.monotonic() + seconds
        while not answers(self.port, self.token, self.host):
            if self.process.poll() is not None:
                raise ServerDied(f"ended at once, with status {self.process.returncode}")
            if time.monotonic() > end:
                raise ServerDied(f"did not answer within {seconds:.0f} s")
            time.sleep(0.05)

    def wait(self) -> None:
        """Blocks until the server ends.

        Raises:
            ServerDied: It ended although nobody stopped it.
        """
        raise ServerDied(f"ended, with status {self.process.wait()}")

    def stop(self) -> None:
        """Ends the server and its kernels; back within a second as a rule."""
        assert self.process.stdin is not None  # noqa: S101 - for mypy: Popen was given a pipe
        with suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def answers(port: int, token: str, host: str = HOST) -> bool:
    """Whether a server answers there that knows this token: another may have taken the port."""
    here = HOST if host == "0.0.0.0" else host  # noqa: S104 - asks itself
    connection = http.client.HTTPConnection(here, port, timeout=5)
    try:
        connection.request("GET", "/login", headers={"Authorization": f"token {token}"})
        # whoever is known is sent on to the page
        return connection.getresponse().status == http.HTTPStatus.FOUND
    except (OSError, http.client.HTTPException):  # nobody is there, or no server of pages
        return False
    finally:
        connection.close()


def end_with_parent() -> None:
    """Stops this process in good order once the pipe from its parent closes."""

    def watch() -> None:
        while os.read(0, 1024):  # not sys.stdin, whose lock Python could not take at its end
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def main(page: str, options: list[Any]) -> None:
    """What the server's own process runs; `options` are those of `settings`."""
    from jinja2 import Environment, FileSystemLoader
    from traitlets.config import Config
    from voila.app import Voila

    # It warns of jupyter_server's own settings, and of every request that is refused.
    logging.getLogger("tornado").setLevel(logging.ERROR)
    server = Voila(config=Config(settings(*options)))
    server.initialize([page])
    # Jupyter's own handlers, too, find their pages here: the question for the token, and errors.
    server.tornado_settings["jinja2_env"] = Environment(
        loader=FileSystemLoader(TEMPLATE), autoescape=True
    )
    end_with_parent()
    server.start()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
