"""A web server for tests: real archives, ranges, and the faults that real networks have."""

from __future__ import annotations

import hashlib
import io
import socket
import struct
import tarfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

MEBIBYTE = 2**20


@dataclass
class Faults:
    """What goes wrong; `times` is for how many answers, then all is well."""

    times: int = 10**9
    status: int = 0
    cut_after: int | None = None
    """The connection is closed after so many bytes of an answer."""
    reset_after: int | None = None
    """Likewise, but reset, as by a router that forgets."""
    hold_after: int | None = None
    """Nothing more is sent after so many bytes until `release` is set."""
    flip: int | None = None
    """This byte of the file is wrong."""
    pause: float = 0.0
    """Seconds between pieces of 64 kB."""


@dataclass
class ArchiveServer:
    """Serves `files` by name; `asked` has each request's path, Range and answered status."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    etag: str | None = None
    """Sent with each file; None is the digest of its content, empty is none."""
    ranges: bool = True
    release: threading.Event = field(default_factory=threading.Event)

    def put(self, name: str, content: bytes) -> str:
        """Serves `content`; returns its url."""
        self.files[name] = content
        return f"{self.address}/{name}"

    def etag_of(self, content: bytes) -> str:
        digest = hashlib.md5(content).hexdigest()
        return f'"{digest}"' if self.etag is None else self.etag


@pytest.fixture
def archive_server() -> Iterator[ArchiveServer]:
    """A server on 127.0.0.1 for one test."""
    state = ArchiveServer()
    handler = type("Handler", (_Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        state.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            state.release.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    state: ArchiveServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        state, asked = self.state, self.headers.get("Range", "")
        content = state.files.get(self.path.lstrip("/"))
        faults = state.faults if state.faults.times > 0 else Faults()
        state.faults.times -= 1
        start = self._start(asked, content)
        status = faults.status or (404 if content is None else 206 if start else 200)
        if content is not None and start >= len(content):
            status = 416
        state.asked.append((self.path, asked, status))
        if status >= 400 or content is None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._headers(status, content, start)
        self._send(content, start, faults)

    def _start(self, asked: str, content: bytes | None) -> int:
        if not (asked and self.state.ranges and content is not None):
            return 0
        condition = self.headers.get("If-Range")
        if condition is not None and condition != self.state.etag_of(content):
            return 0
        return int(asked.removeprefix("bytes=").rstrip("-"))

    def _headers(self, status: int, content: bytes, start: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) - start))
        if etag := self.state.etag_of(content):
            self.send_header("ETag", etag)
        if status == 206:
            end = len(content)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
        self.end_headers()

    def _send(self, content: bytes, start: int, faults: Faults) -> None:
        if faults.flip is not None:
            wrong = bytes([content[faults.flip] ^ 1])
            content = content[: faults.flip] + wrong + content[faults.flip + 1 :]
        body = memoryview(content)[start:]
        stop = min(s for s in (faults.cut_after, faults.reset_after, len(body)) if s is not None)
        sent = 0
        while sent < stop:
            piece = min(2**16, stop - sent)
            if faults.hold_after is not None and sent < faults.hold_after:
                piece = min(piece, faults.hold_after - sent)
            if sent == faults.hold_after:
                self.state.release.wait(60)
            try:
                self.wfile.write(body[sent : sent + piece])
            except OSError:  # the client was killed, or has had enough
                break
            sent += piece
            time.sleep(faults.pause)
        self.close_connection = sent < len(body)
        if faults.reset_after is not None:
            linger = struct.pack("ii", 1, 0)  # closing now sends RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()


def pets_tgz(images: list[Path], annotations: Path | None = None) -> bytes:
    """An archive in the layout of fast.ai's oxford-iiit-pet.tgz, of these photos."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", compresslevel=1) as tar:
        for image in images:
            tar.add(image, f"oxford-iiit-pet/images/{image.name}")
        for mask in sorted(annotations.glob("*.png")) if annotations else ():
            tar.add(mask, f"oxford-iiit-pet/annotations/trimaps/{mask.name}")
    return made.getvalue()


def catalogue_entry(url: str, content: bytes, id_: str = "pets", sha256: bool = False) -> str:
    """A table for the home's catalogue.toml; by default with what fast.ai publishes of a file."""
    first = hashlib.md5(content[:MEBIBYTE]).hexdigest()
    whole = hashlib.sha256(content).hexdigest()
    digest = f'sha256 = "{whole}"' if sha256 else f'md5_first_mib = "{first}"'
    return f'[{id_}]\nurl = "{url}"\nbytes = {len(content)}\n{digest}\n'


@pytest.fixture(scope="session")
def pets_archive(shared: Path, pets: Path) -> bytes:
    """36 real photos, 12 of each breed, and their masks: about 4 MB."""
    photos = sorted(pets.iterdir())
    chosen = [photo for first in (0, 150, 300) for photo in photos[first : first + 12]]
    masks = shared / "pets" / "annotations" / "trimaps"
    return pets_tgz(chosen, masks if masks.is_dir() else None)


@pytest.fixture
def served_pets(archive_server: ArchiveServer, pets_archive: bytes, home: Path) -> ArchiveServer:
    """The server with `pets_archive`, and a catalogue that sends `URLs.PETS` there."""
    url = archive_server.put("oxford-iiit-pet.tgz", pets_archive)
    (home / "catalogue.toml").write_text(catalogue_entry(url, pets_archive), encoding="utf-8")
    return archive_server
