"""One question to a server on this machine.

Without `http.client`, which with all that it loads would be 5 MB of the watchdog's 30.
"""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

TIMEOUT = 3.0
"""Seconds that an answer may take in all."""

MOST = 4_000_000
"""Bytes of an answer."""


class Refused(Exception):
    """The server wants to know first who asks."""


def get(url: str, token: str) -> bytes:
    """What a server answers; no proxy is asked and no redirection followed.

    Raises:
        Refused: The token is not the right one.
        ConnectionRefusedError: No server is there.
        OSError: It does not answer in time, or not with what was asked for.
        ValueError: The address is none, or no http.
    """
    return _asked("GET", url, token, b"200")


def delete(url: str, token: str) -> None:
    """Has a server end what is there; raises as `get` does."""
    _asked("DELETE", url, token, b"204")


def _asked(method: str, url: str, token: str, wanted: bytes) -> bytes:
    head, _, body = _ask(method, url, token).partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if status in ([b"401"], [b"403"], [b"302"]):
        raise Refused
    if status != [wanted]:
        raise OSError(f"{url} answers with {head[:40]!r}.")
    return body


def _ask(method: str, url: str, token: str) -> bytes:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} can't be asked.")
    path = f"{parts.path or '/'}?{parts.query}"
    lines = [f"{method} {path} HTTP/1.0", f"Host: {parts.netloc}", "Accept: application/json"]
    lines += [f"Authorization: token {token}"] if token else []
    end = time.monotonic() + TIMEOUT
    port = parts.port or (443 if parts.scheme == "https" else 80)
    with (
        socket.create_connection((parts.hostname, port), TIMEOUT) as plain,
        _secure(plain) if parts.scheme == "https" else plain as connection,
    ):
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return _read(connection, end)


def _read(connection: socket.socket, end: float) -> bytes:
    answer = b""
    while more := connection.recv(65_536):
        answer += more
        if len(answer) > MOST or time.monotonic() > end:
            raise OSError("The answer is too long.")
    return answer


def _secure(connection: socket.socket) -> socket.socket:
    """The same, encrypted; whose certificate it is matters little on the own machine."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(connection)
