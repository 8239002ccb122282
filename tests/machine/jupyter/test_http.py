from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from support_api import api

from coursekit.machine.jupyter import http


def test_an_answer_is_read_whole() -> None:
    with api(content=b"x" * 300_000) as (url, served):
        assert http.get(f"{url}api/kernels?no_track_activity=1", "secret") == b"x" * 300_000
    assert served.asked == ["/api/kernels?no_track_activity=1 token secret"]


def test_a_server_with_a_certificate_of_its_own_is_asked_too(tmp_path: Path) -> None:
    with api(tmp_path, content=b"here") as (url, _):
        assert http.get(url, "") == b"here"


@pytest.mark.parametrize("status", [401, 403, 302])
def test_who_must_say_first_who_asks_is_refused(status: int) -> None:
    with api(status=status) as (url, _), pytest.raises(http.Refused):
        http.get(url, "")


@pytest.mark.parametrize("status", [404, 500, 204])
def test_any_other_answer_is_none(status: int) -> None:
    with api(status=status) as (url, _), pytest.raises(OSError, match="answers with"):
        http.get(url, "")


def test_an_answer_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT", 0.2)
    began = time.monotonic()
    with api(slow=1.0) as (url, _), pytest.raises(TimeoutError):
        http.get(url, "")
    assert time.monotonic() - began < 5


def test_an_answer_that_does_not_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST", 1000)
    with api(content=b"x" * 100_000) as (url, _), pytest.raises(OSError, match="too long"):
        http.get(url, "")


def test_where_nobody_listens_there_is_no_server(closed_port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        http.get(f"http://127.0.0.1:{closed_port}/", "")


def test_what_a_server_does_not_know_is_absent() -> None:
    with api(status=404) as (url, _), pytest.raises(http.Absent, match="answers with"):
        http.delete(url, "")


def test_a_server_on_a_unix_socket_is_asked_through_it(tmp_path: Path) -> None:
    with api(content=b"here", unix=tmp_path / "a b.sock") as (url, served):
        assert url.startswith("http+unix://%2F")
        assert http.get(f"{url}api", "secret") == b"here"
    assert served.asked == ["/api? token secret"]


def test_a_unix_socket_that_is_not_there_or_has_nobody_does_not_answer(tmp_path: Path) -> None:
    url = f"http+unix://{quote(str(tmp_path / 'it'), safe='')}/"
    with pytest.raises(FileNotFoundError):
        http.get(url, "")
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "it"))
    with pytest.raises(ConnectionRefusedError):
        http.get(url, "")


@pytest.mark.parametrize("url", ["", "api/kernels", "ftp://localhost/", "http://[::1/"])
def test_what_is_no_address_is_not_asked(url: str) -> None:
    with pytest.raises(ValueError, match=r"can't be asked|Invalid"):
        http.get(url, "")
