from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from coursekit.app import browser
from coursekit.app.check import load_once
from coursekit.app.serve import (
    HOST,
    NeedsToken,
    NoSuchHost,
    PortInUse,
    Server,
    answers,
    free_port,
    transport,
)


def test_a_port_that_is_in_use_is_refused_in_words() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"Port {port} of this machine is in use"):
            free_port(port)


def test_without_a_port_the_next_free_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr("coursekit.app.serve.PORT", port)
        assert free_port(None) != port


def test_the_server_ends_with_its_block_and_leaves_no_process(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        assert answers(server.port, server.token)
        assert not answers(server.port, "another")
        process = psutil.Process(server.process.pid)
    assert server.process.returncode != -9  # it ended by itself
    assert not process.is_running()
    assert not answers(server.port, server.token)


def test_two_servers_that_start_at_once_get_a_port_each(tmp_path: Path) -> None:
    with Server(tmp_path, preheat=0) as first:
        second = Server(tmp_path, preheat=0)
        second.port = first.port  # as if the first had taken it since the second looked
        with second:
            assert second.port != first.port
            assert answers(second.port, second.token)


@pytest.mark.skipif(
    transport(tempfile.gettempdir()) == "tcp",
    reason="kernels get ports here: there are no socket files, or too long a path to them",
)
def test_no_other_program_can_take_what_a_kernel_listens_at(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        process, end = psutil.Process(server.process.pid), time.monotonic() + 60
        listened: set[str] = set()
        ports: set[int] = set()
        while not any(it.endswith("-ipc-5") for it in listened) and time.monotonic() < end:
            time.sleep(0.1)
            kernels = process.children()
            with suppress(psutil.Error):  # one that has just ended
                ports = {at.laddr.port for it in kernels for at in it.net_connections("tcp")}
                listened = {at.laddr for it in kernels for at in it.net_connections("unix")}
    assert any(it.endswith("-ipc-5") for it in listened)
    assert len(ports) <= 1  # the debugger's, which it draws itself


@pytest.mark.skipif(os.name != "posix", reason="needs socket files")
def test_a_path_that_is_too_long_for_a_socket_file_means_ports() -> None:
    assert transport("/short") == "ipc"
    assert transport("/" + "long/" * 11) == "tcp"


def test_another_host_needs_a_token_and_a_name_that_is_this_machines(tmp_path: Path) -> None:
    with pytest.raises(NeedsToken, match="--token"):
        Server(tmp_path, host="0.0.0.0")
    with pytest.raises(NoSuchHost, match="no address of this machine"):
        Server(tmp_path, host="192.0.2.7", token="secret")
    with Server(tmp_path, host="0.0.0.0", token="a secret", preheat=0) as server:
        assert answers(server.port, "a secret")
        assert server.address.endswith("/?token=a%20secret")


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")
def test_the_server_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from coursekit.app.serve import Server\n"
        "with Server(Path(sys.argv[1])) as it: print(it.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE)
    try:
        assert parent.stdout is not None
        server = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        server.wait(60)
    finally:
        parent.kill()
        parent.communicate()


def test_the_check_without_a_browser_still_starts_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "find", lambda: None)
    with Server(tmp_path) as server:
        assert load_once(server).startswith("Python started and built the page.")
