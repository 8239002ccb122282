"""Processor, memory and disk: this machine's own, and a container's from files."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from coursekit.core import paths
from coursekit.core.processors import processors
from coursekit.machine import host
from coursekit.machine.host import SELDOM, HostReader

if TYPE_CHECKING:
    from tests.machine.conftest import Clock

GB = 2**30


def container(tmp_path: Path, **files: object) -> Path:
    folder = tmp_path / "cgroup"
    folder.mkdir(exist_ok=True)
    (tmp_path / "own").write_text("0::/\n")
    for name, said in files.items():
        (folder / name.replace("__", ".")).write_text(f"{said}\n")
    return folder


def test_this_machine_has_memory_cores_and_a_disk() -> None:
    it = HostReader().read()
    assert it.memory_total == psutil.virtual_memory().total
    assert 0 < it.memory_used < it.memory_total
    assert it.disk_used is not None
    assert it.disk_total is not None
    assert 0 < it.disk_used <= it.disk_total
    free = shutil.disk_usage(paths.home().parent).free
    assert it.disk_total - it.disk_used == pytest.approx(free, rel=0.02)
    assert (it.cores, it.limited, it.busy) == (processors(), False, None)


def test_a_busy_core_shows_in_the_second_reading() -> None:
    reader = HostReader()
    reader.read()
    until = time.perf_counter() + 0.3
    while time.perf_counter() < until:
        pass
    busy = reader.read().busy
    assert busy is not None
    assert 0.5 / processors() < busy <= 1


def test_of_fewer_cores_than_there_are_those_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.os, "cpu_count", lambda: 1000)
    work, there = host.core_seconds()
    every = psutil.cpu_times(percpu=True)
    assert 0 < work < there <= sum(sum(core) for core in every) + 5


def test_a_container_has_its_limits_and_its_own_use(tmp_path: Path, clock: Clock) -> None:
    files = container(
        tmp_path,
        memory__max=GB,
        memory__current=GB // 2,
        memory__stat="inactive_file 0",
        cpu__max="50000 100000",
        cpu__stat="usage_usec 1000000",
    )
    reader = HostReader(clock)
    first = reader.read()
    assert (first.memory_used, first.memory_total) == (GB // 2, GB)
    assert (first.cores, first.busy, first.limited) == (0.5, None, True)
    clock.now += 2
    (files / "cpu.stat").write_text("usage_usec 1750000\n")
    assert reader.read().busy == pytest.approx(0.75)  # 0.75 s of the 1 s that half a core has


def test_a_limit_above_the_machines_memory_is_none(tmp_path: Path) -> None:
    container(tmp_path, memory__max=2**50, memory__current=5)
    it = HostReader().read()
    assert it.memory_total == psutil.virtual_memory().total
    assert not it.limited


def test_a_new_limit_is_seen_later(tmp_path: Path, clock: Clock) -> None:
    reader = HostReader(clock)
    reader.read()
    container(tmp_path, memory__max=GB, memory__current=5)
    assert not reader.read().limited
    clock.now += SELDOM
    assert reader.read().memory_total == GB


def test_the_disk_of_a_home_that_is_not_there_yet_is_that_of_the_folder_above(
    tmp_path: Path,
) -> None:
    assert host.disk(tmp_path / "not" / "yet")[1] == host.disk(tmp_path)[1]


def test_a_disk_that_cannot_be_asked_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(host.shutil, "disk_usage", refuse)
    assert host.disk(Path("/anywhere")) == (None, None)
