"""Jupyter's servers, by their files and a server that answers like theirs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support_api import api

from coursekit.machine.jupyter.servers import Servers

NONE: frozenset[str] = frozenset()
IDLE = {"id": "k1", "execution_state": "idle", "last_activity": "2026-11-01T10:00:00.000000Z"}


def announce(folder: Path, url: str, pid: int | None = None, **more: object) -> Path:
    """A server's file."""
    pid = os.getpid() if pid is None else pid
    file = folder / f"jpserver-{pid}.json"
    file.write_text(json.dumps({"url": url, "token": "", "pid": pid, **more}))
    return file


def test_without_a_server_there_is_nothing_to_see(tmp_path: Path) -> None:
    assert Servers(tmp_path).look(NONE) == {}
    assert Servers(tmp_path / "not there").look(NONE) == {}


def test_a_kernel_that_is_busy_is_at_work(tmp_path: Path) -> None:
    with api(content=[IDLE, IDLE | {"id": "k2", "execution_state": "busy"}]) as (url, _):
        announce(tmp_path, url)
        (seen,) = Servers(tmp_path).look(NONE).values()
    assert seen.at_work == "a cell"
    assert seen.traces.keys() == {"server", "kernel k1", "kernel k2"}


def test_a_kernels_last_activity_is_a_trace(tmp_path: Path) -> None:
    with api(content=[IDLE]) as (url, served):
        announce(tmp_path, url)
        servers = Servers(tmp_path)
        first = servers.look(NONE)
        assert (servers.look(NONE), first[f"Jupyter at {url}"].at_work) == (first, "")
        served.content = [IDLE | {"last_activity": "2026-11-01T10:00:07.000000Z"}]
        assert servers.look(NONE) != first


def test_messages_of_a_kernel_of_which_all_is_noted_are_no_sign(tmp_path: Path) -> None:
    with api(content=[IDLE]) as (url, served):
        announce(tmp_path, url)
        servers = Servers(tmp_path)
        first = servers.look(frozenset({"k1"}))
        served.content = [IDLE | {"last_activity": "2026-11-01T10:00:07.000000Z"}]
        assert servers.look(frozenset({"k1"})) == first
        served.content = [IDLE | {"execution_state": "busy"}]
        assert servers.look(frozenset({"k1"}))[f"Jupyter at {url}"].at_work == "a cell"


def test_the_token_of_its_file_opens_a_server_and_the_hubs_where_it_has_none(
    tmp_path: Path,
) -> None:
    with api(content=[IDLE], token="right") as (url, _):
        announce(tmp_path, url, token="right")
        assert not Servers(tmp_path).look(NONE)[f"Jupyter at {url}"].unknown
        announce(tmp_path, url)
        assert not Servers(tmp_path, "right").look(NONE)[f"Jupyter at {url}"].unknown
        said = Servers(tmp_path).look(NONE)[f"Jupyter at {url}"].unknown
        assert said == f"Jupyter at {url} lets nobody ask it without its password."


@pytest.mark.parametrize(
    "how",
    [
        {"status": 500},
        {"content": b"[{"},
        {"content": b"null"},
        {"content": [{"execution_state": "idle"}]},
        {"content": {"message": "something else"}},
    ],
)
def test_a_server_that_answers_oddly_is_not_known(tmp_path: Path, how: dict[str, Any]) -> None:
    with api(**how) as (url, _):
        announce(tmp_path, url)
        (seen,) = Servers(tmp_path).look(NONE).values()
    assert (seen.unknown, seen.at_work) == (f"Jupyter at {url} does not answer.", "")


def test_the_file_of_a_server_that_has_ended_says_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with api(status=500) as (url, served):
        announce(tmp_path, url, process.pid)
        assert Servers(tmp_path).look(NONE) == {}
    assert served.asked == []


def test_a_process_that_has_an_ended_servers_number_is_no_server(
    tmp_path: Path, closed_port: int
) -> None:
    announce(tmp_path, f"http://127.0.0.1:{closed_port}/")
    assert Servers(tmp_path).look(NONE) == {}


@pytest.mark.parametrize("text", ["", '{"url": "http://127', "[]", "\xff"])
def test_a_damaged_file_of_a_process_that_lives_is_not_known(tmp_path: Path, text: str) -> None:
    announce(tmp_path, "").write_text(text, encoding="latin-1")
    (seen,) = Servers(tmp_path).look(NONE).values()
    assert seen.unknown == "Jupyter at an unknown address does not answer."


def test_of_two_files_with_one_address_the_later_counts(tmp_path: Path) -> None:
    with api(content=[IDLE], token="new") as (url, _):
        old = announce(tmp_path, url, os.getppid(), token="old")
        announce(tmp_path, url, token="new")
        os.utime(old, (1e9, 1e9))
        (seen,) = Servers(tmp_path).look(NONE).values()
    assert seen.unknown == ""


def test_other_files_of_jupyters_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "jpserver-old.json").write_text("{}")
    (tmp_path / "kernel-1.json").write_text("{}")
    (tmp_path / f"jpserver-{10**30}.json").write_text("{}")  # no process has such a number
    assert Servers(tmp_path).look(NONE) == {}
