from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support_accounts import another_account, needs_two, open_folder

from coursekit.core import handing
from coursekit.core.handing import AtWork, at_work, is_at_work, listed, take_over

PATIENCE = 30


def test_a_folder_is_at_work_while_the_block_lasts(tmp_path: Path) -> None:
    assert not is_at_work(tmp_path)
    with at_work(tmp_path):
        assert is_at_work(tmp_path)
        with pytest.raises(AtWork, match="Another notebook or page"), at_work(tmp_path):
            pass
    assert not is_at_work(tmp_path)


def test_a_glance_at_whether_it_is_at_work_fails_no_run_that_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "GLANCE", 30.0)
    glance = handing._lock(tmp_path)
    glance.acquire()
    threading.Timer(0.1, glance.release).start()
    with at_work(tmp_path):
        assert is_at_work(tmp_path)


def test_whoever_does_not_let_go_is_named_and_no_request_is_left(tmp_path: Path) -> None:
    with at_work(tmp_path):
        with pytest.raises(AtWork, match="does not let go"):
            take_over(tmp_path, patience=0.1)
        assert not handing.asked_for(tmp_path)


def test_a_request_is_waited_for_until_the_other_has_ended(tmp_path: Path) -> None:
    def work() -> None:
        with at_work(tmp_path):
            held.set()
            while not handing.asked_for(tmp_path):
                time.sleep(0.01)

    held = threading.Event()
    thread = threading.Thread(target=work)
    thread.start()
    assert held.wait(PATIENCE)
    take_over(tmp_path)
    thread.join(PATIENCE)
    assert not is_at_work(tmp_path)


def test_all_that_are_at_work_are_listed_while_they_are(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    assert listed().runs == []
    with at_work(two), at_work(one):
        assert listed().runs == [one, two]
    assert listed().runs == []


def test_a_run_whose_process_died_is_taken_off_the_list(home: Path, tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from coursekit.core.handing import at_work\n"
        "with at_work(pathlib.Path(sys.argv[1])):\n"
        "    print('at work', flush=True); input(); os._exit(9)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout.readline() == "at work\n"
        assert listed().runs == [tmp_path]
        other.communicate("\n", timeout=PATIENCE)
    assert len(list((home / "state" / "at-work").iterdir())) == 1
    assert listed().runs == []
    assert list((home / "state" / "at-work").iterdir()) == []


def test_junk_in_the_list_says_nothing(home: Path, tmp_path: Path) -> None:
    entries = home / "state" / "at-work"
    entries.mkdir(parents=True)
    (entries / "gone").write_text(str(tmp_path / "gone"))
    (entries / "binary").write_bytes(b"\xff\xfe\x00")
    (entries / "folder").mkdir()
    assert listed().runs == []
    assert not (tmp_path / "gone").exists()


def test_an_entry_stays_where_its_lock_was_not_tried(home: Path, tmp_path: Path) -> None:
    entries = home / "state" / "at-work"
    entries.mkdir(parents=True)
    (entries / "elsewhere").write_text(str(tmp_path / "a disk that only another container has"))
    (entries / "odd").write_text(str(tmp_path))
    (tmp_path / "run.lock").symlink_to(tmp_path / "run.lock")
    assert handing.listed() == handing.Listed([], [tmp_path])
    assert handing.is_at_work(tmp_path)
    assert {it.name for it in entries.iterdir()} == {"elsewhere", "odd"}


@needs_two
def test_another_accounts_training_is_seen_and_stays_on_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_folder() as place:
        monkeypatch.setenv("COURSEKIT_HOME", str(place))
        (place / "run").mkdir()
        with at_work(place / "run"):
            entries = place / "state" / "at-work"
            entries.chmod(0o777)
            with another_account():
                assert listed().runs == [place / "run"]
            (place / "run").chmod(0o700)
            with another_account():
                assert handing.listed() == handing.Listed([], [place / "run"])
            assert len(list(entries.iterdir())) == 1


def test_a_wish_for_a_checkpoint_stands_until_it_is_done_or_the_run_ends(tmp_path: Path) -> None:
    with at_work(tmp_path):
        assert not handing.wants_checkpoint(tmp_path)
        handing.want_checkpoint(tmp_path)
        assert handing.wants_checkpoint(tmp_path)
        handing.checkpoint_written(tmp_path)
        assert not handing.wants_checkpoint(tmp_path)
        handing.want_checkpoint(tmp_path)
        handing.say_waiting(tmp_path, True)
    assert not handing.wants_checkpoint(tmp_path)
    assert not handing.is_waiting(tmp_path)
