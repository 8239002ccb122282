"""Which machine this is, and since when it is on."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from support_machine import DOCKER, machine

from coursekit.machine import identity, start
from coursekit.machine.providers import Signs
from coursekit.machine.start import started

ID = "3d1219c7c4c5404aaa1f6d2a48adfda4"


def test_a_machine_s_own_id_tells_it_apart_and_is_not_shown(tmp_path: Path) -> None:
    one = identity.machine(machine(tmp_path / "a", {}, {"etc/machine-id": f"{ID}\n"}))
    same = identity.machine(machine(tmp_path / "b", {}, {"etc/machine-id": ID}))
    other = identity.machine(machine(tmp_path / "c", {}, {"etc/machine-id": ID[::-1]}))
    assert one == same != other
    assert (len(one), one.isalnum()) == (32, True)
    assert ID[:8] not in one


def test_containers_of_one_home_are_one_machine(tmp_path: Path, home: Path) -> None:
    first = identity.machine(machine(tmp_path / "a", {}, {"etc/machine-id": ID, **DOCKER}))
    second = identity.machine(machine(tmp_path / "b", {}, {"etc/machine-id": ID[::-1], **DOCKER}))
    assert first == second == (home / "state" / "machine").read_text()


@pytest.mark.parametrize("text", ["", "short", "../" * 11, "\u00e4" * 32])
def test_a_damaged_id_of_the_home_is_not_taken(tmp_path: Path, home: Path, text: str) -> None:
    (home / "state").mkdir()
    (home / "state" / "machine").write_text(text, encoding="utf-8")
    found = identity.machine(Signs({}, tmp_path))
    assert found == identity.machine(Signs({}, tmp_path))
    assert found.isascii()
    assert len(found) == 32


def test_a_home_that_can_t_be_written_has_an_id_all_the_same(tmp_path: Path, home: Path) -> None:
    (home / "state").write_text("no folder")
    assert len(identity.machine(Signs({}, tmp_path))) == 32


def test_a_machine_is_on_since_it_booted_and_a_container_since_it_began(tmp_path: Path) -> None:
    times = {"boot": lambda: 1000.0, "first": lambda: 2000.0}
    assert started(Signs({}, tmp_path), **times) == datetime.fromtimestamp(1000, UTC)
    (tmp_path / ".dockerenv").touch()
    assert started(Signs({}, tmp_path), **times) == datetime.fromtimestamp(2000, UTC)
    job = Signs({"SLURM_JOB_START_TIME": "3000"}, tmp_path)
    assert started(job, **times) == datetime.fromtimestamp(3000, UTC)


def test_where_the_first_process_is_hidden_the_machine_s_start_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hidden(_: int) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "Process", hidden)
    assert start.first_process() == start.booted() == psutil.boot_time()


def test_this_machine_is_on_since_a_time_that_has_passed() -> None:
    assert 0 < started().timestamp() <= time.time()
    assert start.booted() <= start.first_process() + 1


@pytest.mark.parametrize(("asleep", "known"), [(0.001, True), (3600.0, False), (None, False)])
def test_only_a_machine_that_never_slept_was_on_all_the_time(
    asleep: float | None, known: bool
) -> None:
    assert (start.awake_since(lambda: asleep) == started()) is known
    assert (start.awake_since(lambda: asleep) is None) is not known


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="not Linux")
def test_linux_tells_how_long_this_machine_slept() -> None:
    slept = start.slept()
    assert slept is not None
    assert -60 < slept < float(Path("/proc/uptime").read_text().split()[0])
