from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.core import activity, executing, handing
from coursekit.machine import traces
from coursekit.machine.idle import Seen
from coursekit.machine.traces import Notes, cells, keys, trainings


@pytest.fixture
def state(home: Path) -> Path:
    (home / "state").mkdir()
    return home / "state"


def write(state: Path, pid: int, said: object) -> None:
    text = said if isinstance(said, str) else json.dumps(said)
    (state / f"activity-{pid}.json").write_text(text)


def dead() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"cell": 10.0, "answer": 20.0}, "an answer"),
        ({"train_step": 1e12}, "a training step"),
        ({"here": 30.0, "train_step": 20.0}, "somebody who said so"),
        ({"a_new_kind": 20.0, "cell": 10}, "something that coursekit noted"),
        ('{"cell": 10.', "something that coursekit noted"),
        ("", "something that coursekit noted"),
        ("[1, 2]", "something that coursekit noted"),
        ('{"cell": "yesterday"}', "something that coursekit noted"),
    ],
)
def test_each_file_is_a_trace_of_what_was_noted_last(state: Path, said: object, what: str) -> None:
    write(state, 7, said)
    seen = Notes().look()
    assert {name: it.of for name, it in seen.traces.items()} == {"activity-7.json": what}


def test_every_kind_of_activity_has_its_words() -> None:
    assert traces.NOTED.keys() == set(activity.KINDS)


def test_what_coursekit_records_changes_a_trace_and_nothing_else_does(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Notes()
    monkeypatch.setattr(activity, "_written", 0.0)
    activity.record("answer")
    (state / "deeds").mkdir()
    first = notes.look()
    assert notes.look() == first
    monkeypatch.setattr(activity, "_written", 0.0)
    activity.record("answer")
    second = notes.look()
    assert second != first
    assert second.traces.keys() == first.traces.keys()


def test_a_home_that_is_not_there_yet_shows_nothing_and_a_closed_one_says_so(home: Path) -> None:
    notes = Notes()
    assert notes.look().unknown == ""
    (home / "state").touch()  # as closed as a folder can be, also for an administrator
    assert notes.look().unknown == f"The folder {home / 'state'} can't be read."
    assert trainings().unknown.endswith("can't be read.")
    assert cells().unknown.endswith("can't be read.")


def test_a_note_that_cannot_be_read_says_so_unless_its_process_has_ended(state: Path) -> None:
    for pid in (os.getpid(), dead()):
        (state / f"activity-{pid}.json").symlink_to(f"activity-{pid}.json")
    odd = state / f"activity-{os.getpid()}.json"
    notes = Notes()
    assert notes.look().unknown == f"The file {odd} can't be read."
    odd.unlink()
    assert notes.look() == Seen()


def test_kernels_are_known_while_their_process_lives(state: Path) -> None:
    notes = Notes()
    write(state, os.getpid(), {"cell": 1.0, "kernel": "mine"})
    write(state, dead(), {"cell": 1.0, "kernel": "restarted"})
    notes.look()
    assert notes.kernels == {"mine"}


def test_a_run_that_trains_is_at_work_and_one_that_waits_is_not(tmp_path: Path) -> None:
    assert trainings().at_work == ""
    with handing.at_work(tmp_path):
        assert trainings().at_work == "a training"
        handing.say_waiting(tmp_path, True)
        assert trainings().at_work == ""
        assert list(trainings().traces) == [str(tmp_path)]
    assert trainings().traces == {}


def test_a_run_that_died_while_it_trained_is_not_at_work(home: Path, tmp_path: Path) -> None:
    (tmp_path / "status.json").write_text('{"state": "training"}')
    (tmp_path / "run.lock").touch()
    listed = home / "state" / "at-work"
    listed.mkdir(parents=True)
    (listed / "a-run").write_text(str(tmp_path))
    assert trainings().at_work == ""


def test_a_cell_that_runs_is_at_work() -> None:
    assert cells() == Seen()
    executing.begin()
    try:
        assert cells() == Seen("a cell")
    finally:
        executing.end()
    assert cells() == Seen()


def test_a_training_that_nobody_can_ask_is_unknown(home: Path, tmp_path: Path) -> None:
    listed = home / "state" / "at-work"
    listed.mkdir(parents=True)
    (listed / "a-run").write_text(str(tmp_path))
    (tmp_path / "run.lock").symlink_to(tmp_path / "run.lock")
    assert trainings().unknown == f"Nobody can say whether a training is at work in {tmp_path}."


def test_a_key_typed_in_a_terminal_changes_its_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "TERMINALS", tmp_path)
    (tmp_path / "0").touch()
    first = keys()
    (tmp_path / "0").write_text("what a program prints is no key")
    os.utime(tmp_path / "0", ns=(first.traces["0"].mark, 0))  # type: ignore[arg-type]
    assert keys() == first
    os.utime(tmp_path / "0", (2e9, 0))
    assert keys() != first
    (tmp_path / "ptmx").touch()  # any program that makes a terminal touches it
    assert list(keys().traces) == ["0"]
    monkeypatch.setattr(traces, "TERMINALS", tmp_path / "none")
    assert keys().traces == {}


@pytest.mark.skipif(not traces.TERMINALS.is_dir(), reason="no terminals like Linux's")
def test_a_real_terminal_is_seen_while_it_is_open() -> None:
    ours, theirs = pty.openpty()
    name = Path(os.ttyname(theirs)).name
    try:
        os.utime(theirs, (1e9, 1e9))  # Linux keeps it to 8 seconds only
        before = keys().traces[name]
        os.write(theirs, b"printed\n")
        assert keys().traces[name] == before
        os.write(ours, b"typed\n")
        assert os.read(theirs, 100) == b"typed\n"
        assert keys().traces[name] != before
    finally:
        os.close(ours)
        os.close(theirs)
    assert name not in keys().traces
