"""A server on this computer that answers in the shape of Jupyter's API, or oddly."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any
from urllib.parse import quote

SELF_SIGNED = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXWYD1rJTCPwPJjbe
qD0wCHLcKK0vOtICFGrC6rY7stShRANCAASrE7WSLGeKg6owQXpBphnCeCVvumOF
9n3VIVqyCjUubuVM7/tIQ5bH+PmsmK1DgPwwspfgIX2YK2YFi5u4u2xi
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUTFuirCD4f2xSVX2barht5fDHzRswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjA5NTQwNVoYDzIxMjYxMTAy
MDk1NDA1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASrE7WSLGeKg6owQXpBphnCeCVvumOF9n3VIVqyCjUubuVM7/tIQ5bH
+PmsmK1DgPwwspfgIX2YK2YFi5u4u2xio1MwUTAdBgNVHQ4EFgQUJCsZ1j9ofh/3
dGaTMzvk+CWfmYMwHwYDVR0jBBgwFoAUJCsZ1j9ofh/3dGaTMzvk+CWfmYMwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiB/epAd78TB+W5Ts7VMubTI
UJ2njcbW7DwcNaHKdeFEyAIgHI/VmL2VYLt8cfYfQEztWJP3myfoAqp/HY7hStCK
q9Y=
-----END CERTIFICATE-----
"""
"""A certificate of nobody's, and its key, made for these tests alone."""


LOCAL = ("127.0.0.1", 0)


class UnixServer(ThreadingMixIn, UnixStreamServer):
    """One at a unix socket."""


class Api(BaseHTTPRequestHandler):
    """Answers every question with `status` and `content`, `slow` seconds later."""

    status = 200
    content: Any = b"[]"
    slow = 0.0
    token = ""
    asked: list[str]

    def log_message(self, *args: object) -> None:
        """Says nothing."""

    def address_string(self) -> str:
        return "somebody"  # at a unix socket nobody has an address

    def do_DELETE(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.asked.append(f"{self.path} {self.headers['Authorization']}")
        time.sleep(self.slow)
        right = not self.token or self.headers["Authorization"] == f"token {self.token}"
        self.send_response(self.status if right else 403)
        self.end_headers()
        content = self.content
        with suppress(ConnectionError):  # whoever asked did not wait
            self.wfile.write(
                content if isinstance(content, bytes) else json.dumps(content).encode()
            )


@contextmanager
def api(
    folder: Path | None = None, unix: Path | None = None, base: type[Api] = Api, **how: Any
) -> Iterator[tuple[str, type[Api]]]:
    """Serves; gives its address and how it answers, which may be changed.

    Args:
        folder: For https: where its certificate is written.
        unix: A socket to serve at, instead of a port.
        base: What answers.
        how: What that has.
    """
    handler = type("Handler", (base,), {"asked": [], **how})
    made = UnixServer(str(unix), handler) if unix else ThreadingHTTPServer(LOCAL, handler)
    with made as server:
        server.daemon_threads = True
        if folder:
            (folder / "pem").write_text(SELF_SIGNED)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / "pem")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            plain = f"http{'s' if folder else ''}://127.0.0.1:{server.server_address[1]}/"
            yield f"http+unix://{quote(str(unix), safe='')}/" if unix else plain, handler
        finally:
            server.shutdown()
            thread.join()
