"""Deleted runs: off the list and the board, and back again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit.panels.training import saved
from coursekit.scores import board
from coursekit.scores.adding import catch_up, put
from coursekit.scores.entry import kept, of_run
from coursekit.scores.trash import NotMoved, bring_back, delete, size, throw, thrown
from coursekit.store.database import Database

Made = Callable[..., Path]


def on_board(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.run.id for row in board.top(session, "pets")]


def test_a_deleted_run_leaves_list_and_board_and_comes_back_to_both(
    run_folder: Made, database: Database
) -> None:
    folder, other = run_folder(), run_folder()
    for it in (folder, other):
        put(of_run(it, "named"), database)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    gone = throw(folder, database)
    assert thrown() == [gone]
    assert list(saved.folders()) == [other] == list(kept())
    assert on_board(database) == [other.name]
    assert catch_up(database) == 0
    assert bring_back(gone, database) == folder
    assert on_board(database) == [folder.name, other.name]
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert thrown() == []


def test_a_run_that_is_not_on_the_board_needs_no_database(
    run_folder: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSEKIT_DB", "sqlite:////nowhere/at/all.db")
    folder = run_folder()
    assert bring_back(throw(folder)) == folder


def test_the_run_deleted_last_is_the_first_to_come_back(run_folder: Made) -> None:
    folders = [run_folder() for _ in range(3)]
    for it in (folders[1], folders[0], folders[2]):
        throw(it)
        time.sleep(0.002)
    assert [it.name for it in thrown()] == [folders[2].name, folders[0].name, folders[1].name]


def test_a_run_that_is_gone_or_there_twice_is_not_moved(run_folder: Made) -> None:
    folder = run_folder()
    gone = throw(folder)
    with pytest.raises(NotMoved, match="stays where it is"):
        throw(folder)
    folder.mkdir()
    with pytest.raises(NotMoved, match="there is another run of this name"):
        bring_back(gone)
    assert gone.is_dir()


def test_the_bin_is_emptied_for_good_and_nothing_else_is(run_folder: Made, home: Path) -> None:
    folder, other = run_folder(), run_folder()
    (folder / "model.bin").write_bytes(b"x" * 10_000)
    gone = throw(folder)
    assert size([gone]) > 10_000
    with pytest.raises(NotMoved, match="not in the bin"):
        delete([other])
    delete(thrown())
    delete([gone])  # somebody else was faster
    assert thrown() == []
    assert not gone.exists()
    assert other.is_dir()


def test_a_link_in_the_bin_is_not_followed(run_folder: Made, home: Path, tmp_path: Path) -> None:
    throw(run_folder())
    (tmp_path / "photos").mkdir()
    (home / "runs" / ".deleted" / "link").symlink_to(tmp_path / "photos")
    assert len(thrown()) == 1
