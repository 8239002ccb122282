"""Which files are of servers that run here: of real processes, and of those that only seem so."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support_api import api
from support_jupyter import TOKEN, jupyter

from coursekit.machine.jupyter import written
from coursekit.machine.jupyter.kernels import running
from coursekit.machine.jupyter.running import Running
from coursekit.machine.jupyter.servers import UNREAD, Servers

NONE: frozenset[str] = frozenset()
GONE = "http://a-container-that-was.invalid:8888/"


@contextmanager
def process(*command: str) -> Iterator[int]:
    """One that sleeps; its number."""
    with subprocess.Popen(command or [sys.executable, "-c", "import time; time.sleep(600)"]) as it:
        try:
            yield it.pid
        finally:
            it.kill()


def announce(folder: Path, pid: int, url: str, age: float = 0.0, **more: object) -> Path:
    """A server's file, written `age` seconds ago."""
    file = folder / f"jpserver-{pid}.json"
    file.write_text(json.dumps({"url": url, "token": "", "pid": pid, **more}))
    os.utime(file, (time.time() - age,) * 2)
    return file


def test_a_process_that_is_no_jupyter_and_has_a_servers_old_number_is_left_out(
    tmp_path: Path,
) -> None:
    with process("sleep", "600") as pid:
        announce(tmp_path, pid, GONE)
        announce(tmp_path, pid, "http://localhost:1/")
        assert Servers(tmp_path).look(NONE) == {}


def test_a_python_that_was_started_after_the_file_was_written_is_left_out(tmp_path: Path) -> None:
    with process() as pid, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # and never answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        announce(tmp_path, pid, url, age=3600)
        assert Running(tmp_path).look() == []
        announce(tmp_path, pid, url)
        assert [it.url for it in Running(tmp_path).look()] == [url]


def test_a_damaged_file_that_is_older_than_its_process_is_left_out(tmp_path: Path) -> None:
    with process() as pid:
        file = announce(tmp_path, pid, "")
        file.write_text('{"url": "http://127')
        assert [it.url for it in Running(tmp_path).look()] == ["an unknown address"]
        os.utime(file, (1e9, 1e9))
        assert Running(tmp_path).look() == []


@pytest.mark.parametrize("url", [GONE, "http://192.0.2.1:8888/", "http://[::1", "http:///"])
def test_a_server_of_another_machine_is_left_out(tmp_path: Path, url: str) -> None:
    announce(tmp_path, os.getpid(), url, port=1)
    assert Running(tmp_path).look() == []
    assert running(tmp_path) == ([], [])


def test_whoever_listens_at_the_files_port_is_asked_there_whatever_dates_and_names_say(
    tmp_path: Path,
) -> None:
    with api(content=[]) as (url, served):
        port = int(url.rstrip("/").rpartition(":")[2])
        announce(tmp_path, os.getpid(), GONE, age=1e8, port=port)
        (server,) = Running(tmp_path).look()
        assert server.kernels() == []
    assert served.asked == ["/api/kernels?no_track_activity=1 None"]


def test_one_that_listens_at_all_addresses_is_asked_at_this_machines_own(tmp_path: Path) -> None:
    with socket.socket() as listens:
        listens.bind(("0.0.0.0", 0))
        listens.listen()
        port = listens.getsockname()[1]
        announce(tmp_path, os.getpid(), f"http://{socket.gethostname()}:{port}/", port=port)
        (server,) = Running(tmp_path).look()
        assert server.at == ("127.0.0.1", port)


def test_another_users_process_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(tmp_path, os.getpid(), "http://localhost:1/")
    assert Running(tmp_path).look()
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert Running(tmp_path).look()  # the file's owner
    if os.geteuid() == 0:
        os.chown(tmp_path / f"jpserver-{os.getpid()}.json", 4712, -1)
        assert Running(tmp_path).look() == []


def test_this_machines_names_and_addresses_are_known() -> None:
    assert written.is_here("http://localhost:8888/")
    assert written.is_here("http://127.0.0.2:8888/")
    assert written.is_here("http://[::1]:8888/")
    assert written.is_here(f"http://{socket.gethostname()}:8888/")
    assert not written.is_here("http://192.0.2.1/")
    assert not written.is_here("an unknown address")


def test_what_was_found_out_of_a_process_is_kept_while_both_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = Running(tmp_path)
    file = announce(tmp_path, os.getpid(), "http://localhost:1/")
    first = servers.look()
    monkeypatch.setattr(written, "may_be_jupyter", lambda *_: pytest.fail("asked again"))
    assert servers.look() == first
    monkeypatch.undo()
    file.write_text(json.dumps({"url": "http://localhost:22/"}))
    assert [it.url for it in servers.look()] == ["http://localhost:22/"]


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_asked(tmp_path: Path) -> None:
    odd = tmp_path / f"jpserver-{os.getpid()}.json"
    odd.symlink_to(odd)
    with process() as pid, api(content=[]) as (url, _), process("sleep", "600") as other:
        announce(tmp_path, pid, url)
        theirs = tmp_path / f"jpserver-{other}.json"
        theirs.symlink_to(theirs)
        seen = Servers(tmp_path).look(NONE)
        assert seen[UNREAD].unknown == f"Jupyter's file {odd} can't be read."
        assert seen[f"Jupyter at {url}"].unknown == ""
        assert running(tmp_path) == ([], [f"Jupyter's file {odd} can't be read."])
    odd.unlink()
    assert Servers(tmp_path).look(NONE) == {}


def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "runtime").touch()
    (seen,) = Servers(tmp_path / "runtime").look(NONE).values()
    assert seen.unknown == f"Jupyter's folder {tmp_path / 'runtime'} can't be read."


@pytest.mark.parametrize("name", ["jpserver-\u00b2.json", "jpserver-.json", "jpserver-1-2.json"])
def test_odd_names_are_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    assert Servers(tmp_path).look(NONE) == {}


@pytest.mark.slow
def test_a_real_server_on_a_unix_socket_is_seen_and_its_kernels_are_ended(tmp_path: Path) -> None:
    sock = tmp_path / "it.sock"
    with jupyter(tmp_path, f"--sock={sock}") as server:
        kernel = server.start_kernel()
        seen = Servers(server.runtime).look(NONE)[f"Jupyter at {sock}"]
        assert (seen.unknown, seen.traces.keys()) == ("", {"server", f"kernel {kernel}"})
        (found,), unasked = running(server.runtime)
        assert (found.id, found.server.token, unasked) == (kernel, TOKEN, [])
        found.end()
        assert running(server.runtime) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("ip", ["0.0.0.0", "127.0.0.1", "localhost"])
def test_a_real_server_is_seen_wherever_it_listens(tmp_path: Path, ip: str) -> None:
    with jupyter(tmp_path, f"--ip={ip}") as server:
        (found,) = Running(server.runtime).look()
        assert found.at is not None
        assert found.at[0] in ("127.0.0.1", "::1")
        assert found.kernels() == []
