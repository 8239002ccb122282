"""Which validation photos are kept for a game, and until when."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coursekit.core import paths
from coursekit.data.aside import set_aside
from coursekit.data.labelled import LabelledFolder
from coursekit.data.listed import Listed, listed


@pytest.fixture
def photos(pets: Path) -> Listed:
    return listed(LabelledFolder(pets, "^(.+)_"))


def test_twenty_of_the_validation_photos_are_set_aside_whatever_their_order(
    photos: Listed,
) -> None:
    valid = [photos.files[index] for index in photos.judges]
    found = set_aside(valid)
    assert len(set(found.files)) == 20
    assert set(found.files) <= set(valid)
    assert set_aside(sorted(valid, reverse=True)).files == found.files
    assert photos.aside.files == found.files


def test_a_copy_of_the_folder_keeps_the_same_photos(photos: Listed, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(photos.photos.folder, copy)
    other = listed(LabelledFolder(copy, "^(.+)_")).aside
    assert [file.name for file in other.files] == [file.name for file in photos.aside.files]
    assert other.digest == photos.aside.digest
    photos.aside.note("played")
    assert not other.hidden


@pytest.mark.parametrize(
    ("valid", "aside"), [(0, 0), (17, 0), (18, 6), (45, 15), (60, 20), (2000, 20)]
)
def test_at_most_a_third_is_set_aside_and_never_too_few_to_play(valid: int, aside: int) -> None:
    assert len(set_aside(Path(f"{n}.jpg") for n in range(valid)).files) == aside


def test_photos_are_hidden_until_the_game_was_played(photos: Listed) -> None:
    aside = photos.aside
    assert (aside.seen, aside.hidden) == (None, set(aside.files))
    assert photos.hidden == {photos.files.index(file) for file in aside.files}
    assert str(aside).startswith("20 validation photos are kept for the game")
    aside.note("begun")
    assert (aside.seen, len(aside.hidden)) == ("begun", 20)
    aside.note("played")
    assert (aside.seen, aside.hidden, photos.hidden, str(aside)) == ("played", set(), set(), "")


def test_a_game_begun_again_hides_nothing_that_was_shown(photos: Listed) -> None:
    photos.aside.note("shown")
    photos.aside.note("begun")
    assert photos.aside.seen == "shown"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"how": "sold"}', "\0"])
def test_a_damaged_note_hides_the_photos(photos: Listed, home: Path, damage: str) -> None:
    file = home / "state" / "played" / photos.aside.digest
    file.parent.mkdir(parents=True)
    file.write_text(damage)
    assert len(photos.aside.hidden) == 20


def test_a_home_that_cannot_be_written_stops_nothing(
    photos: Listed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("COURSEKIT_HOME", str(blocked / "home"))
    assert len(photos.aside.hidden) == 20
    photos.aside.note("played")
    assert photos.aside.hidden == set()
    assert not paths.home().exists()
