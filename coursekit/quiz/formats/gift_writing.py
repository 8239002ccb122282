"""Questions as GIFT, the text format of Moodle.

Source: Moodle's documentation of the GIFT format, and what its importer takes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from coursekit.quiz.formats import contents
from coursekit.quiz.formats.foreign import WIDEST
from coursekit.quiz.formats.gift_blocks import shielded
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
from coursekit.quiz.questionnaire import Question, Questionnaire
from coursekit.quiz.writing import entry

MINE = "// coursekit "
TRUE_FALSE = ("True", "False")
EVEN = {*range(1, 11), 20}
"""How many right choices there may be: Moodle has no other parts of 100 %."""

TAG = re.compile(r"[^\]\\<>`\x00-\x1f\x7f]+")
"""What Moodle takes for a tag."""

Lost = Callable[[str], None]


class Answers(NamedTuple):
    """What stands between the braces: right behind the first one, and in lines of their own."""

    head: str
    lines: list[str]


def write(it: Questionnaire, losses: Losses) -> str:
    """The file's text, without the questions that GIFT cannot hold."""
    about = json.dumps({"id": it.id, "title": it.title}, ensure_ascii=False)
    parts, section = [MINE + about], None
    for question in it.questions:
        written = one(question, partial(losses.add, id=question.id))
        if written is None:
            continue
        if question.section != section:
            section = question.section
            parts.append(f"$CATEGORY: {category(it.title, section)}")
        parts.append(written)
    return "\n\n".join(parts) + "\n" if section is not None else ""


def category(*names: str) -> str:
    """A path of categories; a slash within a name is doubled."""
    plain = [" ".join(name.split()).replace("\\", "\\\\") for name in names if name]
    touching = any(name.startswith("/") or name.endswith("/") for name in plain)
    return (" / " if touching else "/").join(name.replace("/", "//") for name in plain)


def one(it: Question, lost: Lost) -> str | None:
    """A question; None where GIFT cannot hold it."""
    writer = WRITERS.get(type(it.kind))
    answers = writer(it.kind, lost) if writer else None
    if answers is None:
        lost("Left out, GIFT can't hold this" if writer else "Left out, GIFT hasn't this kind")
        return None
    note_losses(it, lost)
    return "\n".join(
        [
            f"// {' '.join([f'[id:{it.id}]', *tags(it, lost)])}",
            f"::{it.id}::[markdown]{shielded(it.text)}{{{answers.head}",
            *(f"\t{line}" for line in answers.lines),
            f"\t####{marked(general(it))}",
            "}",
        ]
    )


def marked(text: str) -> str:
    """A text of a question; what might be taken for its format gets one before it."""
    return f"{'[markdown]' if text.startswith('[') else ''}{shielded(text)}"


def said(feedback: str) -> str:
    """What is said of an answer."""
    return f"#{marked(feedback)}" if feedback else ""


def general(it: Question) -> str:
    """What is said to everybody afterwards."""
    if not isinstance(it.kind, FreeText):
        return it.explanation
    rubric = "\n".join(entry("-", point) for point in it.kind.rubric)
    parts = {"Model answer": it.kind.model, "Rubric": rubric, "Explanation": it.explanation}
    return "\n\n".join(f"### {name}\n\n{text}" for name, text in parts.items())


def tags(it: Question, lost: Lost) -> list[str]:
    """The tags that Moodle takes."""
    good = [tag for tag in it.tags if TAG.fullmatch(tag) and tag.strip() == tag]
    if len(good) < len(it.tags):
        lost("Tags with signs that Moodle doesn't allow in one are left out")
    return [f"[tag:{tag}]" for tag in good]


def note_losses(it: Question, lost: Lost) -> None:
    """Says what GIFT has no place for."""
    left_out = {"Hints": it.hints, "Difficulties": it.difficulty != 1, "Sources": it.source}
    for what, there in left_out.items():
        if there:
            lost(f"{what} are left out, GIFT has none")
    if contents.count(it, contents.PICTURE):
        lost("Pictures stay links to files, which must be put into Moodle, too")
    if contents.count(it, contents.FORMULA):
        lost("Moodle draws formulas between $$, not those between single $")


def one_choice(kind: OneChoice, lost: Lost) -> Answers:
    """Choices, one of them right; Moodle has true and false as a type of its own."""
    if tuple(choice.text for choice in kind.choices) == TRUE_FALSE:
        true, false = kind.choices
        right, wrong = (true, false) if true.right else (false, true)
        shown = f"#{marked(wrong.feedback)}{said(right.feedback)}"
        shown = "" if shown == "#" else shown
        return Answers("TRUE" if true.right else "FALSE", [shown] if shown else [])
    return Answers("", [choice(it, "=" if it.right else "~") for it in kind.choices])


def choice(it: Choice, mark: str) -> str:
    """A choice with its mark and feedback."""
    if mark == "~" and it.text.startswith("%"):
        mark = "~%0%"  # or its words would be taken for what it is worth
    return f"{mark}{marked(it.text)}{said(it.feedback)}"


def several_choices(kind: SeveralChoices, lost: Lost) -> Answers:
    """Choices that add up to 100 %; a wrong one takes a right one's worth away."""
    if any(it.right and it.feedback for it in kind.choices):
        lost("Moodle says a right choice's feedback when it is taken, ours when it is missed")
    count = sum(it.right for it in kind.choices)
    if count not in EVEN:
        lost("Import with “Match grades: nearest”, Moodle can't part 100 % so evenly")
    worth = f"{100 / count:.5f}".rstrip("0").rstrip(".")
    signs = {True: "", False: "-"}
    return Answers("", [choice(it, f"~%{signs[it.right]}{worth}%") for it in kind.choices])


def number(kind: Number, lost: Lost) -> Answers | None:
    """A number with its tolerance, or a range."""
    within = kind.within
    if math.isnan(within.low + within.high) or not math.isfinite(within.exact or 0):
        return None
    if kind.unit:
        lost("Units are left out, GIFT has none")
    if within.exact is None:
        ends = (max(within.low, -WIDEST), min(within.high, WIDEST))
        return Answers("#", [f"=%100%{'..'.join(map(plain, ends))}"])
    return Answers("#", [f"=%100%{plain(within.exact)}:{plain(within.tolerance)}"])


def plain(number: float) -> str:
    """A number in as few digits as hold it."""
    return repr(number).removesuffix(".0")


def short_text(kind: ShortText, lost: Lost) -> Answers | None:
    """Words, right and wrong; an arrow in one of them would make the question one of pairs."""
    if any("->" in word for word in [*kind.accept, *kind.wrong]):
        return None
    if kind.typos:
        lost("Typing errors count as wrong in Moodle")
    if kind.case:
        lost("Capitals don't matter in what Moodle imports")
    right = [f"=%100%{word_of(word)}" for word in kind.accept]
    wrong = [
        f"=%0%{word_of(word)}{said(arrowless(why, lost))}"
        for word, why in kind.wrong.items()
        if word
    ]
    return Answers("", right + wrong)


def word_of(word: str) -> str:
    """A word to be typed; a star alone would stand for any letters."""
    return marked(word.replace("*", "\\*"))


def arrowless(text: str, lost: Lost) -> str:
    """A text where GIFT would take an arrow for one between two of a pair."""
    if "->" in text:
        lost("An arrow -> is written →")
    return text.replace("->", "→")


def pairs(kind: MatchPairs, lost: Lost) -> Answers:
    """Pairs; Moodle shows the right sides as plain text."""
    if any(re.search(r"[*_`$<&\\\[]", right) for _, right in kind.pairs):
        lost("Moodle shows the right sides of pairs as plain text")
    return Answers(
        "",
        [f"={marked(arrowless(a, lost))} -> {shielded(b)}" for a, b in kind.pairs],
    )


def free(kind: FreeText, lost: Lost) -> Answers:
    """An essay, which a teacher grades."""
    lost("Model answer and rubric are only said afterwards, a teacher grades in Moodle")
    return Answers("", [])


WRITERS: dict[type, Callable[[Any, Lost], Answers | None]] = {
    OneChoice: one_choice,
    SeveralChoices: several_choices,
    Number: number,
    ShortText: short_text,
    MatchPairs: pairs,
    FreeText: free,
}
