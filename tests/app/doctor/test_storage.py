"""Disks, folders, their sizes and who may write them, and the memory."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from support_disks import disk_of, fill, remount
from support_doctor import only, states

from coursekit.app.doctor import caches, disk, memory, permissions


def test_the_disk_of_the_tests_has_room(home: Path) -> None:
    found = next(disk.findings())
    assert "are free for coursekit's folder" in found.says
    assert found.state == disk.of_disk(home, "it").state


def test_a_home_that_is_not_made_yet_is_on_the_disk_of_the_folder_above(tmp_path: Path) -> None:
    assert disk.existing(tmp_path / "a" / "b") == tmp_path


def test_a_small_disk_is_broken_and_a_fuller_one_worth_knowing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with disk_of(tmp_path / "disk", "1m") as place:
        assert disk.of_disk(place, "it").state == "broken"
        assert "--only caches" in disk.of_disk(place, "it").remedy
        monkeypatch.setattr(disk, "TOO_LITTLE", 1e5)
        assert disk.of_disk(place, "it").state == "worth knowing"
        monkeypatch.setattr(disk, "LITTLE", 1e5)
        assert disk.of_disk(place, "it").state == "fine"
        fill(place, 0)
        assert disk.of_disk(place, "it").says.startswith("0 bytes of 1.0 MB are free")


def test_a_disk_without_room_for_files_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "TOO_LITTLE", 0)
    monkeypatch.setattr(disk, "LITTLE", 0)
    with disk_of(tmp_path / "disk", "1m,nr_inodes=3") as place:
        assert disk.of_disk(place, "it").state == "fine"
        for name in "ab":
            (place / name).touch()
        assert "can take no more files" in disk.of_disk(place, "it").says


def test_no_folders_are_fine(home: Path) -> None:
    assert "no data sets, runs or models yet" in only(caches.findings()).says


def test_sizes_are_said_and_large_folders_with_what_may_be_deleted(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("cache", 2000), ("runs", 3_000_000)):
        (home / name / "deep").mkdir(parents=True)
        (home / name / "deep" / "file").write_bytes(bytes(size))
    found = only(caches.findings())
    assert found.state == "fine"
    assert "cache 2.0 kB and runs 3.0 MB" in found.says
    assert "cache may be deleted" in found.says
    monkeypatch.setattr(caches, "LARGE", 1e6)
    found = only(caches.findings())
    assert found.state == "worth knowing"
    assert found.remedy == f"{home / 'runs'} {caches.FOLDERS['runs']}."


def test_links_are_not_followed_and_time_is_limited(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "big").write_bytes(bytes(10**6))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "link").symlink_to(tmp_path / "a")
    assert caches.size_of(tmp_path / "b", time.monotonic() + 9).bytes < 1000
    late = caches.size_of(tmp_path / "a", time.monotonic() - 1)
    assert str(late) == "at least 1.0 MB"


def test_the_memory_is_that_of_the_machine_or_the_container() -> None:
    from coursekit.machine.host import HostReader

    host = HostReader().read()
    said = only(memory.findings()).says
    assert ("container" in said) == host.limited
    assert "of memory" in said


@pytest.mark.parametrize(
    ("total", "used", "limited", "state", "words"),
    [
        (16e9, 2e9, False, "fine", "14 GB of the 16 GB of memory of this machine are free"),
        (4e9, 2.5e9, True, "worth knowing", "that this container may have"),
        (1e9, 5e8, True, "broken", "500 MB of the 1.0 GB"),
        (16e9, 16.5e9, False, "broken", "0 bytes of the 16 GB"),
    ],
)
def test_too_little_memory_is_said(
    total: int, used: int, limited: bool, state: str, words: str
) -> None:
    found = memory.of_memory(total, used, limited)
    assert found.state == state
    assert words in found.says
    assert bool(found.remedy) == (state != "fine")


def test_a_home_that_can_be_written_is_fine_and_stays_as_it_is(home: Path) -> None:
    home.rmdir()
    assert "It is made when it is needed." in only(permissions.findings()).says
    assert not home.exists()
    (home / "runs").mkdir(parents=True)
    assert only(permissions.findings()).state == "fine"
    assert [it.name for it in home.rglob("*")] == ["runs"]


def test_a_home_on_a_disk_that_may_only_be_read_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with disk_of(tmp_path / "disk", "1m") as place:
        (place / "home" / "runs").mkdir(parents=True)
        monkeypatch.setenv("COURSEKIT_HOME", str(place / "home"))
        remount(place, "ro")
        found = [it for it in permissions.findings() if str(place) in it.says]
    home, runs = found[0], next(it for it in found if "/runs" in it.says)
    assert home.state == runs.state == "broken"
    assert f"{place / 'home'} can't be written (Read-only file system)." == home.says
    assert "COURSEKIT_HOME" in home.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_without_the_right_to_write_is_broken(home: Path) -> None:
    (home / "runs").mkdir(parents=True)
    (home / "runs").chmod(0o500)
    assert "can't be written" in only(permissions.findings()).says


def test_links_to_nowhere_and_files_in_the_place_of_folders_are_broken(home: Path) -> None:
    (home / "runs").symlink_to("/gone/disk")
    (home / "models").write_text("")
    models, runs = sorted(permissions.findings(), key=lambda it: it.says)
    assert f"{home / 'models'} is a file where a folder should be." in (models.says, runs.says)
    assert states([models, runs]) == ["broken", "broken"]
    assert any("/gone/disk, which is not there" in it.says for it in (models, runs))


def test_files_of_another_account_are_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "runs").mkdir(parents=True)
    me = home.stat().st_uid
    monkeypatch.setattr(
        permissions, "os", SimpleNamespace(getuid=lambda: me + 1, readlink=os.readlink)
    )
    found = only(permissions.findings())
    assert found.state == "broken"
    assert "belong to another account" in found.says
    assert found.remedy.startswith("sudo chown -R")
