"""GIFT that others wrote, and what ours cannot hold of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.core.errors import CourseError
from coursekit.quiz.formats import convert, gift_reading
from coursekit.quiz.formats.foreign import why_not
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.kinds import (
    Choice,
    FreeText,
    MatchPairs,
    Number,
    OneChoice,
    SeveralChoices,
    ShortText,
)
from coursekit.quiz.numbers import Interval
from coursekit.quiz.questionnaire import Mistakes, Question, Questionnaire

Read = Callable[[str], Any]
FILE = r"""// A file as a teacher writes it.

$CATEGORY: $course$/top/Default for Biology/Cells

// question: 12  name: Cell
// [id:cell-1] [tag:cells] [tag:a \] b]
::Smallest part::[html]What is the <b>smallest</b> part \{of life\}?{
  =the cell # Yes\: the cell.
  ~the atom#An atom
   does not live.
  ~%0%the organ
  ####Cells live by themselves.
}

::Truth::The sun is a star.{TRUE#It is\: it shines by itself.#Right.}

The moon is a star.{F}

Water boils at {~90 =100 ~110} degrees.

[markdown]Which are *even*?{
  ~%50%two ~%50%four ~%-50%three
}

Who wrote it?{=Darwin #Right. =%100%Charles Darwin =%50%Charles =%0%Lamarck#Before him.}

When?{#1859:2}

How much?{#0.5..1.5####Look at the table.}

How many legs?{#
  =6#An insect.
  =%50%6:1#Nearly.
  ~#No.
}

Match. {
  =dog -> dogs
  =cat -> cats
  }

Say why.{}

// only a comment

This is no question.
"""


def test_everything_that_a_teacher_writes(from_gift: Read) -> None:
    found, losses = from_gift(FILE)
    assert (found.id, found.title) == ("some-quiz", "some-quiz")
    assert {it.section for it in found.questions} == {"Default for Biology/Cells"}
    cell = found["cell-1"]
    assert cell.text == "What is the **smallest** part {of life}?"
    assert cell.tags == ("cells", "a ] b")
    assert cell.line == 5
    assert {it.id: it.kind for it in found.questions} == {
        "cell-1": OneChoice(
            (
                Choice("the cell", True, "Yes: the cell."),
                Choice("the atom", False, "An atom\ndoes not live."),
                Choice("the organ", False),
            )
        ),
        "truth": OneChoice(
            (Choice("True", True, "Right."), Choice("False", False, "It is: it shines by itself."))
        ),
        "the-moon-is-a-star": OneChoice((Choice("True", False), Choice("False", True))),
        "water-boils-at-degrees": OneChoice(
            (Choice("90", False), Choice("100", True), Choice("110", False))
        ),
        "which-are-even": SeveralChoices(
            (Choice("two", True), Choice("four", True), Choice("three", False))
        ),
        "who-wrote-it": ShortText(
            ("Darwin", "Charles Darwin"),
            wrong={"Charles": "That is only partly right.", "Lamarck": "Before him."},
        ),
        "when": Number(Interval.around(1859, 2)),
        "how-much": Number(Interval(0.5, 1.5)),
        "how-many-legs": Number(Interval.around(6, 0)),
        "match": MatchPairs((("dog", "dogs"), ("cat", "cats"))),
        "say-why": FreeText("No model answer was given.", ("My answer says what was asked for.",)),
    }
    said = {it.id: it.explanation for it in found.questions}
    assert said["cell-1"] == "Cells live by themselves."
    assert said["who-wrote-it"] == "Right."
    assert said["how-much"] == "Look at the table."
    assert said["how-many-legs"] == "An insect."
    assert said["when"] == "No explanation was given."
    assert found["water-boils-at-degrees"].text == "Water boils at _____ degrees."
    assert losses == [
        "The gap is a blank, _____, in the question's words: water-boils-at-degrees.",
        "What is partly right counts as wrong in ours: who-wrote-it.",
        "What is partly right, or said of wrong numbers, is left out: how-many-legs.",
        "A model answer and a rubric are wanting, so a stand-in was written: say-why.",
        "Left out, for it has no answers: this-is-no-question.",
    ]


def one(from_gift: Read, text: str) -> tuple[Question, list[str]]:
    found, losses = from_gift(f"// [id:q]\n{text}")
    (question,) = found.questions
    return question, losses


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        ("a{~b ~%50%c =d}", "What its choices are worth is not what they are worth in ours"),
        ("a{=b =c ~d}", "What its choices are worth is not what they are worth in ours"),
        ("a{~%50%b ~%50%c ~d}", "What its choices are worth is not what they are worth in ours"),
        ("a{=b =%100%*c}", "Answers with a star, which stands for any letters, are left out"),
        ("a{#=1 =2}", "Of several right numbers or ranges only the first is kept"),
        ("a{=b->c =d->e =->f}", "What belongs to nothing, in pairs, is left out"),
        ("H<sub>2</sub>O{T}", "HTML that Markdown hasn't (sub) is left out"),
    ],
)
def test_what_ours_has_otherwise_is_said(from_gift: Read, text: str, loss: str) -> None:
    _, losses = one(from_gift, text)
    assert losses == [f"{loss}: q."]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a{~b ~c}", "no choice is right"),
        ("a{=%50%b}", "no word is wholly right"),
        ("a{#=%50%3}", "no number is wholly right"),
        ("{T}", "nothing is asked in words"),
        ("a{=b ~b}", "This is here twice"),
        ("a{=b->c}", "at least two rows"),
    ],
)
def test_what_ours_cannot_hold_is_left_out_and_said(from_gift: Read, text: str, why: str) -> None:
    found, losses = from_gift(f"// [id:q]\n{text}")
    assert len(found) == 0
    assert losses[-1].startswith("Left out, for ")
    assert why in losses[-1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a\n\nb {=c", "3:3: This { is not closed before the next empty line."),
        ("a {\n=b\n\n=c}", "1:3: This { is not closed"),
        ("a {\n=b\n\n=c}", "4:3: This } closes nothing."),
        ("a } b {=c}", "1:3: This } closes nothing."),
        (r"\{a\} $\frac\{1}{2}${=c}", r"1:16: This } closes nothing."),
        ("$x_{1}$ {=c}", "1:9: A question has one pair of braces."),
        ("a {\n  ~b\n  ~\n  =c}", "3:3: This choice has no words."),
        ("a {b ~c}", "1:4: A choice begins with = or ~."),
        ("a {=b =}", "1:7: This answer has no words."),
        ("a {#}", "1:4: A number is wanted behind {#"),
        ("a {#\n=1\n=b:2}", "3:1: A number is wanted, as in 3, 3:0.1 or 1..2."),
        ("a {#nan}", "1:5: A number is wanted"),
        ("a {#1_0}", "1:5: A number is wanted"),
        ("a {#1e999}", "1:5: A number is wanted"),
        ("a {#2..1}", "1:5: The lower end of a range comes first."),
        ("a {=b->c =d}", "1:10: An arrow -> is missing"),
        ("a {=b->c =d->}", "1:10: Nothing stands right of the arrow."),
        ("// a\n//b\nc {\n// d\n~e\n~ #f}", "6:1: This choice has no words."),
    ],
)
def test_a_mistake_is_said_with_its_place(from_gift: Read, text: str, says: str) -> None:
    with pytest.raises(Mistakes) as caught:
        from_gift(text)
    assert f"some-quiz.gift:{says}" in str(caught.value)


def test_all_mistakes_are_said_together(from_gift: Read) -> None:
    with pytest.raises(Mistakes) as caught:
        from_gift("a{\n\nb}\n\nc{~}")
    assert len(caught.value.mistakes) == 3


def test_a_file_without_questions_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.gift").write_text("// nothing\n\nonly words\n")
    with pytest.raises(
        CourseError, match=r"a\.gift has no question that a\.md can hold\. Left out"
    ):
        convert(tmp_path / "a.gift", tmp_path / "a.md")
    assert not (tmp_path / "a.md").exists()


def test_endings_of_lines_and_a_mark_at_the_beginning_do_not_matter(from_gift: Read) -> None:
    found, _ = from_gift("\ufeff$CATEGORY: A//B\r\n\r\na {\r\n=b\r\n}\r\n\r\nc{=d}\r\n")
    assert [(it.id, it.section) for it in found.questions] == [("a", "A/B"), ("c", "A/B")]


@given(st.text("ab{}=~#:%->[]/\\\n 1.*T$", max_size=60))
def test_no_text_breaks_the_reader(tmp_path_factory: Any, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.gift"
    path.write_text(text)
    losses = Losses()
    try:
        found = gift_reading.read(path, losses)
    except Mistakes:
        return
    assert all(not why_not(Questionnaire("a", "a", (it,))) for it in found.questions)
