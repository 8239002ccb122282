"""Files by the endings of their names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit.core.errors import CourseError
from coursekit.quiz.formats import convert
from coursekit.quiz.questionnaire import Mistakes, read


@pytest.fixture
def ours(whole: str, tmp_path: Path) -> Path:
    path = tmp_path / "lesson.md"
    path.write_text(whole, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["a.doc", "a", ".json"])
def test_an_unknown_ending_is_refused(ours: Path, name: str) -> None:
    with pytest.raises(CourseError, match=r"can't be written: its name should end in \.md \(our "):
        convert(ours, ours.with_name(name))


def test_anki_is_only_written(ours: Path) -> None:
    with pytest.raises(CourseError, match=r"a\.txt can't be read: its name should end in .*GIFT"):
        convert(ours.with_name("a.txt"), ours)


@pytest.mark.parametrize("name", ["a.md", "a.json", "a.GIFT"])
def test_a_missing_file_is_said(ours: Path, name: str) -> None:
    with pytest.raises(CourseError, match=rf"{name} can't be read \(no such file or directory\)"):
        convert(ours.with_name(name), ours)


@pytest.mark.parametrize("name", ["a.md", "a.json", "a.gift"])
def test_a_file_that_is_no_text_is_said(ours: Path, name: str) -> None:
    ours.with_name(name).write_bytes(b"[\n\xff\xfe\x00]")
    with pytest.raises(CourseError, match="is no UTF-8 text: see its line 2"):
        convert(ours.with_name(name), ours)


def test_mistakes_in_ours_have_their_places(ours: Path) -> None:
    ours.write_text("---\nid: a\nformat: 1\n---\n## q\n```yaml\nkind: what\n```\n")
    with pytest.raises(Mistakes, match=r"lesson\.md:7:1: kind: one of"):
        convert(ours, ours.with_suffix(".json"))


def test_what_was_there_is_replaced_and_stays_where_it_fails(
    ours: Path, question: Callable[..., str]
) -> None:
    target = ours.with_suffix(".json")
    target.write_text("old")
    convert(ours, target)
    assert len(json.loads(target.read_text())) == 4
    ours.write_text(f"---\nid: a\nformat: 1\n---\n{question('order')}")
    with pytest.raises(CourseError, match=r"lesson\.md has no question that lesson\.json can hold"):
        convert(ours, target)
    assert len(json.loads(target.read_text())) == 4


def test_a_folder_that_is_not_there_is_said(ours: Path) -> None:
    with pytest.raises(CourseError, match=r"can't be written \(no such file or directory\)"):
        convert(ours, ours.parent / "no" / "a.json")


def test_pictures_go_into_the_json(ours: Path) -> None:
    (ours.parent / "a.png").write_bytes(b"x")
    text = ours.read_text().replace("Which?", "Which ![one](a.png)?", 1)
    ours.write_text(text.replace("How much?", "How much ![is this](b.png)?"))
    losses = convert(ours, ours.with_suffix(".json"))
    first = json.loads(ours.with_suffix(".json").read_text())[0]
    assert first["question"] == 'Which <img src="data:image/png;base64,eA==" alt="one">?'
    said = "Pictures that aren't beside the file, or are in hints, are left out: q-number."
    assert said in losses
    convert(ours.with_suffix(".json"), ours.with_name("again.md"))
    assert read(ours.with_name("again.md")).questions == read(ours).questions[:4]
