from __future__ import annotations

import socket
from pathlib import Path

import pytest
from support_doctor import only
from support_hub import hub

from coursekit.app.doctor import reach
from coursekit.data.catalogue import Entry


def serve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    made = {str(n): Entry(id=str(n), url=it, name=f"SET{n}") for n, it in enumerate(addresses)}
    made["digits"] = Entry(id="digits", url="bundled:digits", name="DIGITS")
    monkeypatch.setattr(reach, "entries", lambda: made)


def test_addresses_that_answer_are_fine_and_only_their_heads_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with hub({"/a.tgz": b"a", "/b.tgz": b"b"}) as (address, asked):
        serve(monkeypatch, f"{address}/a.tgz", f"{address}/b.tgz")
        found = only(reach.findings())
    assert (found.state, found.says) == (
        "fine",
        "All 2 data sets can be downloaded from 1 server.",
    )
    assert sorted(asked) == ["HEAD /a.tgz", "HEAD /b.tgz"]


def test_one_that_is_gone_is_worth_knowing(monkeypatch: pytest.MonkeyPatch) -> None:
    with hub({"/a.tgz": b"a"}) as (address, _):
        serve(monkeypatch, f"{address}/a.tgz", f"{address}/b.tgz")
        found = only(reach.findings())
    assert found.state == "worth knowing"
    assert found.says == ("1 of 2 data sets can't be downloaded: SET1 (the server answers 404).")


def test_no_server_at_all_is_broken(monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    serve(monkeypatch, f"http://127.0.0.1:{closed_port}/a.tgz")
    found = only(reach.findings())
    assert found.state == "broken"
    assert found.says == "No data set can be downloaded: 127.0.0.1 refused the connection."
    assert "HTTPS_PROXY" in found.remedy


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "TIMEOUT", (1.0, 1.0))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        serve(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}/a.tgz")
        assert "sent nothing for 1 s" in only(reach.findings()).says


def test_a_catalogue_that_can_not_be_read_is_said(home: Path) -> None:
    from coursekit.app.doctor.checks import CHECKS
    from coursekit.app.doctor.child import careful

    (home / "catalogue.toml").write_text("[pets\n")
    found = only(careful(CHECKS["reach"]))
    assert "catalogue.toml, line 1" in found.says
    assert found.remedy == "Correct that line, or move the file away."
