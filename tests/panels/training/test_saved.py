from __future__ import annotations

import json
import time
from pathlib import Path

from ulid import ULID

from coursekit.core.handing import at_work
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.training import saved
from coursekit.panels.training.choices import Choices
from coursekit.panels.training.saved import Note, began_by, live_run
from coursekit.scores import notes

PHOTOS = LabelledFolder(Path("/photos"), "^(.+)_", frozenset({"a/1.jpg"}), (("Cat", "cat"),), 0.3)


def made(home: Path, visitor: str, state: str) -> Path:
    time.sleep(0.002)  # or two names would not tell which is later
    folder = home / "runs" / str(ULID())
    folder.mkdir(parents=True)
    Note(visitor, PHOTOS, Choices(epochs=3, depth="last"), 2.0).write(folder)
    (folder / "status.json").write_text(json.dumps({"state": state}))
    return folder


def test_a_note_comes_back_as_it_was(home: Path) -> None:
    folder = made(home, "me", "training")
    assert Note.read(folder) == Note("me", PHOTOS, Choices(epochs=3, depth="last"), 2.0)


def test_a_note_that_is_damaged_is_none(tmp_path: Path) -> None:
    assert Note.read(tmp_path) is None
    for text in ("", "[]", '{"visitor": "me"}', '{"photos": {"same": 1}}'):
        (tmp_path / "panel.json").write_text(text)
        assert Note.read(tmp_path) is None


def test_only_this_browsers_own_run_that_somebody_trains_is_found(home: Path) -> None:
    assert live_run("me") is None
    mine, other = made(home, "me", "training"), made(home, "another", "training")
    assert live_run("me") is None
    with at_work(mine), at_work(other):
        found = live_run("me")
        assert found is not None
        assert found[0] == mine
        assert live_run("") is None
        assert live_run("a third") is None


def test_a_copy_that_a_browser_had_trained_is_its_run_too(home: Path) -> None:
    mine, copy, nobodys = made(home, "me", ""), made(home, "", ""), made(home, "", "")
    notes.change(copy, visitor="me")
    assert [began_by("me", it) for it in (mine, copy, nobodys)] == [True, True, False]
    assert not any(began_by("", it) for it in (mine, copy, nobodys))


def test_the_latest_run_decides(home: Path) -> None:
    earlier = made(home, "me", "training")
    made(home, "me", "finished")
    with at_work(earlier):
        assert live_run("me") is None


def test_a_runs_name_says_when_it_began(tmp_path: Path) -> None:
    assert saved.began(tmp_path / "mine") == "mine"
    assert saved.began(tmp_path / str(ULID())).startswith("20")
