"""The text file for Anki."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_questions import WILD, questions

from coursekit.quiz.formats import anki, convert
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.questionnaire import Question, Questionnaire

HEAD = """#separator:tab
#html:true
#columns:Id\tFront\tBack\tTags
#guid column:1
#notetype:Basic
#tags column:4
"""


def cards(text: str) -> dict[str, list[str]]:
    """The fields of each card by its id, as a reader of tab separated files has them."""
    assert text.startswith(HEAD)
    rows = csv.reader(text.removeprefix(HEAD).splitlines(), delimiter="\t")
    return {id: rest for id, *rest in rows}


@pytest.fixture
def made(whole: str, tmp_path: Path) -> tuple[dict[str, list[str]], list[str]]:
    (tmp_path / "a.md").write_text(whole, encoding="utf-8")
    losses = convert(tmp_path / "a.md", tmp_path / "a.txt")
    return cards((tmp_path / "a.txt").read_text(encoding="utf-8")), losses


def test_each_question_is_a_card(made: tuple[dict[str, list[str]], list[str]]) -> None:
    found, losses = made
    assert list(found) == [
        f"lesson-1.q-{kind}"
        for kind in ("one", "several", "number", "text", "free", "order", "pairs")
    ]
    assert {tags for *_, tags in found.values()} == {"section::Data"}
    assert all("<p>Because it is so.</p>" in back for _, back, _ in found.values())
    assert losses == [
        "Anki grades nothing, whoever learns says how well it went: "
        "q-one, q-several, q-number, q-text and 3 more.",
        "Left out, a card can't look at variables: q-code.",
    ]


@pytest.mark.parametrize(
    ("id", "front", "back"),
    [
        ("one", ["Which?", "this", "that"], ["<p>that</p>", "<p>No: <em>that</em>.</p>"]),
        ("number", ["How much?"], ["0.2 %", "0.15 to 0.25 is right."]),
        ("text", ["Which set?"], ["validation set or valid set", "training set: <p>It learns"]),
        ("free", ["Why?"], ["So.", "<li><p>says so</p>"]),
        ("order", ["<li><p>four</p>"], ["<ol> <li>one</li> <li>two</li>"]),
        ("pairs", ["<li><p>epoch</p>", "<li><p>a pass</p>"], ["<li>epoch: a pass</li>"]),
    ],
)
def test_what_is_on_a_card(
    made: tuple[dict[str, list[str]], list[str]], id: str, front: list[str], back: list[str]
) -> None:
    shown = made[0][f"lesson-1.q-{id}"]
    assert all(words in shown[0] for words in front), shown[0]
    assert all(words in shown[1] for words in back), shown[1]


def test_hints_open_and_code_keeps_its_lines(question: Callable[..., str], tmp_path: Path) -> None:
    text = question("one").replace("Which?", "Which?\n\n```\nif x:\n\ty = $z$\n```\n")
    text = text.replace("### Explanation", "### Hint\n$x$\n\n### Explanation")
    text = text.replace("kind: one", "kind: one\ntags: [two words]\ndifficulty: 3\nsource: <a>")
    (tmp_path / "a.md").write_text(f"---\nid: a\nformat: 1\n---\n{text}")
    convert(tmp_path / "a.md", tmp_path / "a.txt")
    ((front, back, tags),) = cards((tmp_path / "a.txt").read_text()).values()
    assert "<pre><code>if x:<br>    y = $z$<br></code></pre>" in front
    assert "<details><summary>Hint</summary><p><math" in front
    assert "<p>&lt;a&gt;</p>" in back
    assert tags == "two_words difficulty::3"


def test_small_pictures_go_along_and_large_ones_are_said(
    question: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "small.png").write_bytes(b"x" * 1000)
    (tmp_path / "large.png").write_bytes(b"x" * 200_000)
    pictures = "Which?\n\n![a *small* one](small.png) ![a large one](large.png) ![none](no.png)"
    text = question("one").replace("Which?", pictures)
    (tmp_path / "a.md").write_text(f"---\nid: a\nformat: 1\n---\n{text}")
    losses = convert(tmp_path / "a.md", tmp_path / "a.txt")
    ((front, _, _),) = cards((tmp_path / "a.txt").read_text()).values()
    assert front.count('<img src="data:image/png;base64,') == 1
    assert "<em>a large one</em> <em>none</em>" in front
    assert losses[1].startswith("Pictures over 100 kB, or not beside the file, are left out")


@given(st.lists(questions() | questions(WILD), max_size=4, unique_by=lambda it: it.id))
def test_no_text_breaks_a_line(some: list[Question]) -> None:
    text = anki.write(Questionnaire("a", "b", tuple(some)), Losses())
    if text:
        lines = text.splitlines()
        assert lines[: HEAD.count("\n")] == HEAD.splitlines()
        assert {line.count("\t") for line in lines[HEAD.count("\n") :]} == {3}
        assert not any(line.startswith("#") for line in lines[HEAD.count("\n") :])
