"""Notes and tags of runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coursekit.scores import notes
from coursekit.scores.notes import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, Notes, NotNoted

HOSTILE = "<img src=x onerror=alert(1)>\n=cmd|'/c calc'!A0\n| a | **b** \ud800 \x00"


def test_a_note_and_tags_come_back(tmp_path: Path) -> None:
    assert notes.read(tmp_path) == Notes()
    notes.change(tmp_path, text="bigger photos\n\nhelped", tags=["size", " two  words "])
    found = notes.read(tmp_path)
    assert (found.text, found.tags) == ("bigger photos\n\nhelped", ("size", "two words"))
    notes.change(tmp_path, text="")
    assert notes.read(tmp_path) == Notes(tags=("size", "two words"))


def test_what_a_copy_is_of_is_said(tmp_path: Path) -> None:
    notes.change(tmp_path, copied_from="01X", original="one epoch", change="epochs 1, now 3")
    notes.change(tmp_path, text="mine")
    assert notes.read(tmp_path).origin == "copied from one epoch: epochs 1, now 3"
    assert Notes().origin == ""


def test_a_tag_is_there_once_however_it_is_written(tmp_path: Path) -> None:
    made = notes.change(tmp_path, tags=["Size", "size", "", ",", "a,b", "x" * 99])
    assert made.tags == ("Size", "a b", "x" * LONGEST_TAG)
    assert len(notes.change(tmp_path, tags=map(str, range(99))).tags) == MOST_TAGS


def test_any_text_can_be_kept(tmp_path: Path) -> None:
    made = notes.change(tmp_path, text=HOSTILE, tags=[HOSTILE])
    assert notes.read(tmp_path) == made
    assert made.text.startswith("<img src=x onerror=alert(1)>\n=cmd|")
    assert "\ud800" not in made.text
    assert len(notes.change(tmp_path, text="x" * 9999).text) == LONGEST_NOTE


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9}', '{"format": 1, "tags": 5}'])
def test_damaged_notes_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / notes.FILE).write_text(text)
    assert notes.read(tmp_path) == Notes()


def test_notes_of_another_version_hide_nothing_they_have(tmp_path: Path) -> None:
    said = {"format": 1, "text": "kept", "colour": "red"}
    (tmp_path / notes.FILE).write_text(json.dumps(said))
    assert notes.read(tmp_path).text == "kept"


def test_a_run_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotNoted, match="The note on the run gone was not kept"):
        notes.change(tmp_path / "gone", text="x")
