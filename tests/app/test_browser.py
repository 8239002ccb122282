from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from coursekit.app import browser

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the program is a script with a #! line")


@pytest.fixture
def nonsense() -> Iterator[int]:
    """The port of a server that answers everything with what is no answer of a browser."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'[{"type": "page", "url": "http://page/"}]')

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def program(folder: Path, written: str, lives: float) -> str:
    """A browser that writes `written` as its debugging port, and ends after `lives` seconds.

    It leaves `ran` in the folder once it has written.
    """
    file = folder / "browser"
    file.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys, time\n"
        "profile = next(a.split('=')[1] for a in sys.argv if a.startswith('--user-data-dir='))\n"
        f"pathlib.Path(profile, 'DevToolsActivePort').write_text({written!r})\n"
        f"pathlib.Path({str(folder / 'ran')!r}).touch()\n"
        f"time.sleep({lives})\n"
    )
    file.chmod(0o755)
    return str(file)


@pytest.mark.parametrize("port", ["", "no number", "closed", "nonsense"])
def test_a_debugging_port_that_misbehaves_is_no_text_and_no_error(
    tmp_path: Path, nonsense: int, closed_port: int, port: str
) -> None:
    written = {"closed": f"{closed_port}\n", "nonsense": f"{nonsense}\n/devtools"}.get(port, port)
    shown = browser.text_of(program(tmp_path, written, 2), "http://page/?token=1", "word", 60)
    assert shown == ""
    assert (tmp_path / "ran").exists()


def test_a_browser_that_ends_at_once_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    assert browser.text_of(program(tmp_path, "1", 0), "http://page/", "word", 60) == ""
    assert time.monotonic() - began < 30
    assert (tmp_path / "ran").exists()
