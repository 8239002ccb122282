from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from support_disks import full_disk

from coursekit.core import activity


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "_last", {})
    monkeypatch.setattr(activity, "_kernel", {})
    monkeypatch.setattr(activity, "_written", 0.0)


def read(home: Path) -> dict[str, float]:
    text = (home / "state" / f"activity-{os.getpid()}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def test_what_was_done_is_kept_with_its_time(home: Path) -> None:
    before = time.time()
    activity.record("upload")
    assert before <= read(home)["upload"] <= time.time()


def test_it_is_written_at_most_once_a_second(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    activity.record("upload")
    activity.record("answer")
    assert read(home) == {"upload": now}
    now += 1.5
    activity.record("cell")
    assert read(home) == {"upload": now - 1.5, "answer": now - 1.5, "cell": now}


def test_what_ended_processes_left_goes_after_a_week(home: Path) -> None:
    state = home / "state"
    (state / "deeds").mkdir(parents=True)
    old = time.time() - 8 * 24 * 3600
    ages = {"activity-7.json": old, "activity-8.json": old + 2 * 24 * 3600}
    ages |= {".activity-7.json.ab12": old, "other.json": old}
    for name, age in ages.items():
        (state / name).write_text('{"answer": 1.0}')
        os.utime(state / name, (age, age))
    activity.record("answer")
    ours = f"activity-{os.getpid()}.json"
    assert {it.name for it in state.iterdir()} == {ours, "activity-8.json", "other.json", "deeds"}


def test_old_files_are_looked_for_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, looked = 1_000_000.0, []
    monkeypatch.setattr(time, "time", lambda: now)
    monkeypatch.setattr(activity, "remove_old", looked.append)
    activity.record("answer")
    now += 5
    activity.record("answer")
    assert looked == [1_000_000.0 - 7 * 24 * 3600]


def test_a_file_that_cannot_be_removed_keeps_no_other(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = home / "state"
    (state / "activity-1.json").mkdir(parents=True)  # a folder is no file that could be unlinked
    (state / "activity-2.json").touch()
    activity.remove_old(time.time() + 10)
    assert [it.name for it in state.iterdir()] == ["activity-1.json"]


def test_an_unknown_kind_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="no kind of activity"):
        activity.record("nap")


def test_a_home_that_cannot_be_written_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "file"))
    activity.record("train_step")
    assert activity._last.keys() == {"train_step"}


def test_on_a_full_disk_the_files_time_is_a_sign_of_life(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    activity.record("answer")
    (file,) = (home / "state").iterdir()
    before = file.read_text()
    os.utime(file, (1e9, 1e9))
    monkeypatch.setattr(activity, "_written", 0.0)
    with full_disk():
        activity.record("cell")
    assert time.time() - file.stat().st_mtime < 60
    assert (file.read_text(), list((home / "state").iterdir())) == (before, [file])


def test_a_first_note_on_a_full_disk_is_an_empty_file(home: Path) -> None:
    with full_disk():
        activity.all_of_kernel("a-kernel")
    assert [it.stat().st_size for it in (home / "state").iterdir()] == [0]


def test_a_kernel_of_which_all_is_recorded_is_named(home: Path) -> None:
    activity.all_of_kernel("a-kernel")
    assert read(home).keys() == {"cell", "kernel"}
    assert read(home)["kernel"] == "a-kernel"


def test_a_job_that_is_noted_does_as_before(home: Path) -> None:
    assert activity.noting("answer", divmod)(7, 2) == (3, 1)
    assert read(home).keys() == {"answer"}
