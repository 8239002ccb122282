"""A real PostgreSQL server of one's own, without a network, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ulid import ULID


def programs() -> Path | None:
    """Where PostgreSQL's programs are, the newest."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    return found[-1].parent if found else Path(named).parent if named else None


@contextmanager
def serving() -> Iterator[Path]:
    """A server, by the folder of its socket."""
    bin_ = programs()
    assert bin_, "PostgreSQL was not found"
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    run: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL}
    if os.geteuid() == 0:  # it refuses the superuser
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        run |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    made = ["-U", "boss", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"]
    subprocess.run([bin_ / "initdb", "-D", folder / "data", *made], check=True, **run)
    quiet = ["-c", "listen_addresses=", "-c", "fsync=off"]
    begun = [bin_ / "postgres", "-D", folder / "data", "-k", folder, *quiet]
    with subprocess.Popen(begun, stderr=subprocess.DEVNULL, **run) as process:
        try:
            wait_for(folder / ".s.PGSQL.5432")
            yield folder
        finally:
            process.send_signal(signal.SIGINT)
    shutil.rmtree(folder)


def wait_for(socket: Path, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not socket.exists():
        assert time.monotonic() < end, "PostgreSQL did not start"
        time.sleep(0.05)
    time.sleep(0.2)  # the socket is there a moment before it answers


def fresh(server: Path) -> str:
    """The address of a new database in the server."""
    import psycopg

    name = f"t{ULID()}".lower()
    with psycopg.connect(host=str(server), user="boss", dbname="postgres", autocommit=True) as it:
        it.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return f"postgresql+psycopg://boss@/{name}?host={server}"
