"""Whether a process can be the server that wrote a file, and where it listens.

Such a file stays when a server is killed, and in a home that several machines share it may be
another's; its process number is then somebody else's here.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from coursekit.machine.jupyter.http import Address

LATE = 10.0
"""Seconds by which a file may seem older than its process: the clock of a network disk."""

NAMES = ("python", "jupyter")
"""One of them is in the command of every server."""

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked, not listened to
"""Where those are asked that listen at all addresses."""


def may_be_jupyter(process: psutil.Process, owner: int | None) -> bool:
    """Whether it can be a server of this user's.

    Args:
        process: It.
        owner: Whose the server's file is; None where that is not known. Some disks name the wrong
            one, so a process of this user's will do, too.
    """
    try:
        command = " ".join([process.name(), *process.cmdline()]).lower()
        known = owner is not None and hasattr(process, "uids")
        return any(it in command for it in NAMES) and (
            not known or process.uids().real in (owner, os.getuid())
        )
    except psutil.Error:
        return False


def listens_at(process: psutil.Process, said: Mapping[str, Any]) -> Address | None:
    """Where it listens as a server's file says; None where it does not, or that can't be seen."""
    port, sock = said.get("port"), said.get("sock")
    with suppress(psutil.Error, OSError):
        if sock and isinstance(sock, str):
            paths = [it.laddr for it in process.net_connections("unix")]
            return str(Path(process.cwd(), sock)) if sock in paths else None
        for it in process.net_connections("tcp"):
            if it.status == psutil.CONN_LISTEN and it.laddr.port == port:
                return EVERYWHERE.get(it.laddr.ip, it.laddr.ip), it.laddr.port
    return None


def was_there(process: psutil.Process, written: float) -> bool:
    """Whether it was started before something was `written`, in seconds since 1970."""
    try:
        return bool(process.create_time() <= written + LATE)
    except psutil.Error:
        return False


def is_here(url: str) -> bool:
    """Whether an address is this machine's."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "http+unix" or host in ("localhost", socket.gethostname().lower()):
            return True
        found = {str(it[4][0]) for it in socket.getaddrinfo(host, None)} if host else set()
    except (OSError, ValueError):
        return False
    own = {at.address.partition("%")[0] for its in psutil.net_if_addrs().values() for at in its}
    return any(it in own or it.startswith("127.") or it == "::1" for it in found)
