"""Files of questions, right and wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.core.errors import CourseError
from coursekit.quiz import kinds
from coursekit.quiz.questionnaire import Mistakes, parse, read

Make = Callable[..., str]
FRONT = "---\nid: lesson-1\nformat: 1\n---\n"


def mistakes(text: str) -> list[str]:
    _, found = parse(text)
    return [str(it) for it in found]


def test_every_kind_is_read(whole: str) -> None:
    found, wrong = parse(whole)
    assert wrong == []
    assert (found.id, found.title, found.sections) == ("lesson-1", "The whole game", ["Data"])
    assert [type(it.kind) for it in found.questions] == list(kinds.KINDS)
    assert {it.explanation for it in found.questions} == {"Because it is so."}
    one = found["q-one"]
    assert one.text == "Which?"
    assert one.kind.choices[0] == kinds.Choice("this", False, "No: *that*.")
    assert found["q-pairs"].kind.pairs[2] == ("a | b", "a bar")


def test_hints_tags_and_their_like_are_read(question: Make) -> None:
    text = question("one").replace(
        "kind: one", "kind: one\ndifficulty: 3\ntags: [loss, 2]\nsection: Loss\nsource: a book"
    )
    text += "### Hint\nLook\n\n### Hint\n```\n## no heading\n```\n"
    (it,) = parse(FRONT + text)[0].questions
    assert (it.difficulty, it.tags, it.section, it.source) == (3, ("loss", "2"), "Loss", "a book")
    assert it.hints == ("Look", "```\n## no heading\n```")


def test_a_changed_word_is_another_revision_and_another_explanation_is_not(question: Make) -> None:
    def revision(text: str) -> str:
        return parse(FRONT + text)[0].questions[0].revision

    text = question("one")
    assert revision(text) == revision(text.replace("Because", "Since"))
    assert revision(text) == revision("\n\n" + text)
    assert revision(text) != revision(text.replace("that\n", "those\n"))
    assert revision(text) != revision(text.replace("Which", "What"))


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("kind: one", "kind: once", "7:1", "kind: one of one, several"),
        ("kind: one", "kind: one\ncolour: red", "8:1", "colour: nothing reads this"),
        ("kind: one", "kind: one\ndifficulty: hard", "8:1", "a whole number is wanted"),
        ("kind: one", "kind: one\ndifficulty: 4", "8:1", "1, 2 or 3"),
        ("kind: one", "kind: [one", "8:1", "This is no YAML"),
        ("kind: one", "one", "7:1", "Names and values"),
        ("```yaml", "```", "6:1", "A block ```yaml"),
        ("Which?", "", "5:1", "Nothing is asked"),
        ("- [x] that", "- [ ] that", "5:1", "One choice, and only one"),
        ("- [ ] it", "- [x] it", "5:1", "One choice, and only one"),
        ("- [ ] it", "- [ ] this", "14:1", "This is here twice"),
        ("### Explanation", "### Explication", "16:5", "no part of this name"),
        ("Because it is so.", "", "16:5", "Explanation is empty"),
        ("q-one", "Q one", "5:4", "heading is its id"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    question: Make, old: str, new: str, place: str, says: str
) -> None:
    found = mistakes(FRONT + question("one").replace(old, new, 1))
    assert any(it.startswith(f"{place}: ") and says in it for it in found), found


@pytest.mark.parametrize(
    ("kind", "old", "new", "says"),
    [
        ("several", "[x]", "[ ]", "At least one choice is ticked"),
        ("number", "answer: 0.2\n", "", "Either answer"),
        ("number", "tolerance: 0.05", "tolerance: -1", "not below 0"),
        ("number", "answer: 0.2\ntolerance: 0.05", "range: [2, 1]", "the lower first"),
        ("number", "answer: 0.2\ntolerance: 0.05", "range: [a, 1]", "the lower first"),
        ("text", "accept: [validation set, valid set]", "accept: []", "accept: a list"),
        ("text", "typos: 2", "typos: -1", "typos: not below 0"),
        ("free", "### Model answer\nSo.", "", "one ### Model answer"),
        ("free", "- says so\n- says why", "says so", "The rubric is a list"),
        ("order", "1. one\n2. two\n3. three\n4. four", "1. one", "At least two things"),
        ("pairs", "| batch | a few items |", "| batch |", "Two cells are wanted"),
        ("code", "learn.score < 0.1", "open('x')", "it calls nothing"),
        ("code", "learn.score < 0.1", "learn._model", "not for others"),
        ("code", "learn.score < 0.1", "learn.", "no expression"),
    ],
)
def test_each_kind_says_what_it_misses(
    question: Make, kind: str, old: str, new: str, says: str
) -> None:
    text = question(kind)
    assert old in text
    found = mistakes(FRONT + text.replace(old, new))
    assert any(says in it for it in found), found


def test_all_mistakes_are_found_at_once(question: Make) -> None:
    text = question("one").replace("[x]", "[ ]") + question("number").replace("answer: 0.2\n", "")
    assert len(mistakes(FRONT.replace("1", "7") + text + question("text") * 2)) == 4


@pytest.mark.parametrize(
    ("front", "says"),
    [
        ("", "1:1: The file begins with a line ---"),
        ("---\nformat: 1\n---\n", "2:1: id: It has small letters"),
        ("---\nid: a\nformat: 2\n---\n", "3:1: format: 1 is the one"),
        ("---\nid: a: b\n---\n", "2:6: This is no YAML"),
    ],
)
def test_the_front_matter_is_checked(question: Make, front: str, says: str) -> None:
    assert any(it.startswith(says) for it in mistakes(front + question("one")))


def test_a_file_with_mistakes_is_refused_with_the_first_of_them(
    question: Make, tmp_path: Path
) -> None:
    file = tmp_path / "q.md"
    file.write_text(FRONT + question("one").replace("[x]", "[ ]"))
    with pytest.raises(Mistakes, match=r"1 mistake\.\nq\.md:5:1: One choice") as error:
        read(file)
    assert len(error.value.mistakes) == 1
    file.write_text("")
    with pytest.raises(Mistakes, match="no question here"):
        read(file)
    file.write_bytes(b"---\n\xff")
    with pytest.raises(CourseError, match="no UTF-8 text: see its line 2"):
        read(file)
    with pytest.raises(CourseError, match="can't be read"):
        read(tmp_path / "none.md")


LINES = "---\n# A\n## b\n### Hint\n```yaml\n```\nkind: one\n- [x] c\n| d |\n> e\n1. f"
PIECES = [*LINES.splitlines(), "\u2028"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30))
def test_whatever_a_file_holds_ends_in_questions_or_mistakes_on_its_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    found, wrong = parse(text)
    assert found.questions or wrong
    last = len(text.splitlines()) + 2
    assert all(1 <= it.line <= last and it.column >= 1 for it in wrong)


def test_an_example_of_the_documentation_is_right() -> None:
    for block in re.findall(r"````markdown\n(.*?)````", DOCS.read_text(), re.DOTALL):
        assert mistakes(block) == []


DOCS = Path(__file__).parents[2] / "docs" / "questions.md"
