"""GIFT as Moodle wants it."""

from __future__ import annotations

from typing import Any

import pytest

from coursekit.quiz.formats import gift_writing
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.kinds import (
    Choice,
    FreeText,
    Kind,
    MatchPairs,
    Number,
    OneChoice,
    SeveralChoices,
    ShortText,
)
from coursekit.quiz.numbers import Interval
from coursekit.quiz.questionnaire import Question, Questionnaire


def written(kind: Kind, text: str = "What?", **about: Any) -> tuple[str, list[str]]:
    """A question's block, and what is lost."""
    question = Question("q", text, kind, "So.", **about)
    losses = Losses()
    found = gift_writing.write(Questionnaire("a", "T/1", (question,)), losses)
    return found.split("\n\n", 2)[-1], losses.sentences()


def choices(*right: bool) -> tuple[Choice, ...]:
    return tuple(Choice(f"c{n}", it) for n, it in enumerate(right))


def test_a_file_names_its_questionnaire_and_its_sections() -> None:
    one = Question(
        "q-1", "a", OneChoice(choices(True, False)), "b", section="C/D", tags=("t", "u]")
    )
    it = Questionnaire("lesson-1", "The “game”", (one, Question("q-2", "a", one.kind, "b")))
    losses = Losses()
    assert gift_writing.write(it, losses) == (
        '// coursekit {"id": "lesson-1", "title": "The “game”"}\n\n'
        "$CATEGORY: The “game”/C//D\n\n"
        "// [id:q-1] [tag:t]\n::q-1::[markdown]a{\n\t=c0\n\t~c1\n\t####b\n}\n\n"
        "$CATEGORY: The “game”\n\n"
        "// [id:q-2]\n::q-2::[markdown]a{\n\t=c0\n\t~c1\n\t####b\n}\n"
    )
    assert losses.sentences() == [
        "Tags with signs that Moodle doesn't allow in one are left out: q-1."
    ]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (SeveralChoices(choices(True, True, True, False)),
         ["~%33.33333%c0", "~%33.33333%c1", "~%33.33333%c2", "~%-33.33333%c3"]),
        (SeveralChoices(choices(True, False)), ["~%100%c0", "~%-100%c1"]),
        (OneChoice((Choice("50 %", True), Choice("%50% off", False, "[x]"))),
         ["=50 %", "~%0%%50% off#[markdown][x]"]),
        (OneChoice((Choice(r"$\frac{a}{b}$", True), Choice("a\n~b", False))),
         [r"=$\\frac\{a\}\{b\}$", r"~a\n\~b"]),
        (Number(Interval.around(0.2, 0.05)), ["=%100%0.2:0.05"]),
        (Number(Interval(-1, float("inf"))), ["=%100%-1..1.7976931348623157e+308"]),
        (ShortText(("a*b", "[c]"), wrong={"d": "No: d."}),
         [r"=%100%a\\*b", "=%100%[markdown][c]", r"=%0%d#No\: d."]),
        (MatchPairs((("a", "b -> c"), ("d", "[e]"))), ["=a -> b -> c", "=d -> [e]"]),
    ],
)  # fmt: skip
def test_answers_are_written_so_that_moodle_takes_them(kind: Kind, lines: list[str]) -> None:
    assert [it.strip() for it in written(kind)[0].splitlines()[2:-2]] == lines


def test_an_essay_says_afterwards_what_was_wanted() -> None:
    block, losses = written(FreeText("So.", ("says a", "says b")))
    assert (
        r"{" + "\n\t####\\#\\#\\# Model answer\\n\\nSo.\\n\\n\\#\\#\\# Rubric\\n\\n- says a"
        in block
    )
    assert losses[0].startswith("Model answer and rubric are only said afterwards")


@pytest.mark.parametrize(
    ("kind", "about", "loss"),
    [
        (SeveralChoices(choices(*[True] * 11)), {}, "Import with “Match grades: nearest”"),
        (SeveralChoices((Choice("a", True, "b"), Choice("c", False))), {}, "Moodle says a right"),
        (Number(Interval.around(1, 0), "m"), {}, "Units are left out"),
        (Number(Interval.around(float("nan"), 0)), {}, "Left out, GIFT can't hold this"),
        (ShortText(("a",), typos=1), {}, "Typing errors count as wrong"),
        (ShortText(("a",), case=True), {}, "Capitals don't matter"),
        (ShortText(("a -> b",)), {}, "Left out, GIFT can't hold this"),
        (ShortText(("a",), wrong={"b": "b -> a"}), {}, "An arrow -> is written →"),
        (MatchPairs((("a -> b", "c"), ("d", "e"))), {}, "An arrow -> is written →"),
        (MatchPairs((("a", "*c*"), ("d", "e"))), {}, "Moodle shows the right sides"),
        (ShortText(("a",)), {"hints": ("b",)}, "Hints are left out"),
        (ShortText(("a",)), {"difficulty": 2}, "Difficulties are left out"),
        (ShortText(("a",)), {"source": "b"}, "Sources are left out"),
        (ShortText(("a",)), {"text": "![a](b.png)"}, "Pictures stay links"),
        (ShortText(("a",)), {"text": "$x$"}, "Moodle draws formulas between $$"),
    ],
)
def test_what_gift_cannot_hold_is_said(kind: Kind, about: dict[str, Any], loss: str) -> None:
    _, losses = written(kind, **about)
    assert len(losses) == 1
    assert losses[0].startswith(loss)
    assert losses[0].endswith(": q.")
