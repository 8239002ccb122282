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
            port = debugging_port(Path(profile) / "DevToolsActivePort", end)
            while until not in text and time.monotonic() < end:
                time.sleep(0.25)
                with suppress(OSError):
                    text = read(port, address)
        finally:
            process.terminate()
            process.wait()
    return text


def debugging_port(file: Path, end: float) -> int:
    """The port that the browser wrote down; 0 where it never did."""
    while time.monotonic() < end:
        if file.exists() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.1)
    return 0


def read(port: int, address: str) -> str:
    """The text that the page at `address` shows now."""
    from websocket import create_connection  # jupyter_server's

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
