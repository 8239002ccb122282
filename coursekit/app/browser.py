"""Loads a page once in a Chrome or Chromium that is here, without a window."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from websocket import WebSocketException, create_connection

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
ARGUMENTS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
)


def find() -> str | None:
    """The program, or None where there is none."""
    paths = (shutil.which(name) for name in NAMES)
    return next(filter(None, paths), None) or next(filter(os.path.exists, PLACES), None)


def text_of(program: str, address: str, until: str, seconds: float) -> str:
    """The text that the page shows as soon as `until` is in it, or after `seconds`."""
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        process = subprocess.Popen(  # noqa: S603 - the browser found above
            [program, *ARGUMENTS, *sandbox, f"--user-data-dir={profile}", address],
            stderr=subprocess.DEVNULL,
        )
        text = ""
        try:
            while until not in text and time.monotonic() < end and process.poll() is None:
                time.sleep(0.25)
                # not there yet, going away, or no debugging port at all: ask again
                with suppress(OSError, ValueError, LookupError, WebSocketException):
                    text = read(debugging_port(Path(profile)), address)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
    return text


def debugging_port(profile: Path) -> int:
    """The port that the browser wrote down."""
    return int((profile / "DevToolsActivePort").read_text().split()[0])


def read(port: int, address: str) -> str:
    """The text that the page at `address` shows now."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
        targets: list[dict[str, Any]] = json.load(answer)
    host = address.partition("?")[0]
    page = next((t for t in targets if t["type"] == "page" and t["url"].startswith(host)), None)
    if page is None:
        return ""
    socket = create_connection(page["webSocketDebuggerUrl"], timeout=5, suppress_origin=True)
    try:
        ask = {"expression": "document.body ? document.body.innerText : ''"}
        socket.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": ask}))
        return str(json.loads(socket.recv())["result"]["result"]["value"])
    finally:
        socket.close()
