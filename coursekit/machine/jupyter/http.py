"""One question to a server on this machine.

Without `http.client`, which with all that it loads would be 5 MB of the watchdog's 30.
"""

from __future__ import annotations

import socket
import time
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT = 3.0
"""Seconds that an answer may take in all."""

ENDS = 15.0
"""The same for what is ended: a server gives a kernel that hangs 5 seconds before it kills it."""

MOST = 4_000_000
"""Bytes of an answer."""

Address = tuple[str, int] | str
"""Where a server listens: a host and a port, or the path of a unix socket."""


class Refused(Exception):
    """The server wants to know first who asks."""


class Absent(OSError):
    """The server does not know what it was asked about."""


def get(url: str, token: str, at: Address | None = None) -> bytes:
    """What a server answers; no proxy is asked and no redirection followed.

    Args:
        url: What is asked for. `http+unix` has the path of the server's socket as its host, quoted.
        token: What the server wants to hear; "" for nothing.
        at: Where it listens, if that is not to be found out from the address.

    Raises:
        Refused: The token is not the right one.
        ConnectionRefusedError: No server is there.
        OSError: It does not answer in time, or not with what was asked for.
        ValueError: The address is none, or no http.
    """
    return _asked("GET", url, token, at, b"200")


def delete(url: str, token: str, at: Address | None = None) -> None:
    """Has a server end what is there; raises as `get` does.

    Raises:
        Absent: There is no such thing.
    """
    _asked("DELETE", url, token, at, b"204")


def _asked(method: str, url: str, token: str, at: Address | None, wanted: bytes) -> bytes:
    head, _, body = _ask(method, url, token, at).partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2]
    if status in ([b"401"], [b"403"], [b"302"]):
        raise Refused
    if status != [wanted]:
        raise (Absent if status == [b"404"] else OSError)(f"{url} answers with {head[:40]!r}.")
    return body


def _ask(method: str, url: str, token: str, at: Address | None) -> bytes:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "http+unix") or not parts.hostname:
        raise ValueError(f"{url!r} can't be asked.")
    path = f"{parts.path or '/'}?{parts.query}"
    lines = [f"{method} {path} HTTP/1.0", f"Host: {parts.netloc}", "Accept: application/json"]
    lines += [f"Authorization: token {token}"] if token else []
    patience = ENDS if method == "DELETE" else TIMEOUT
    end = time.monotonic() + patience
    with (
        _connected(at or _address(parts), patience) as plain,
        _secure(plain) if parts.scheme == "https" else plain as connection,
    ):
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return _read(connection, end)


def _address(parts: SplitResult) -> Address:
    if parts.scheme == "http+unix":
        return unquote(parts.netloc)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _connected(at: Address, patience: float) -> socket.socket:
    if not isinstance(at, str):
        return socket.create_connection(at, patience)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(patience)
        connection.connect(at)
    except BaseException:
        connection.close()
        raise
    return connection


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
