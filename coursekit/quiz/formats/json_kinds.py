"""What jupyterquiz asks, as kinds of ours."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from coursekit.core.wording import listing
from coursekit.quiz.formats import hypertext
from coursekit.quiz.formats.foreign import Unheld, clean
from coursekit.quiz.formats.json_items import Wrong, brief, real, string
from coursekit.quiz.kinds import Choice, Kind, Number, OneChoice, SeveralChoices, ShortText
from coursekit.quiz.numbers import Interval

Made = tuple[Kind, list[str]]
"""A kind, and what is said of its right answers, Markdown."""


@dataclass(frozen=True)
class Notes:
    """What is known while a question is read.

    Attributes:
        lost: Notes what ours cannot hold.
        known: HTML that we wrote, and the Markdown that it was made of.
    """

    lost: Callable[[str], None]
    known: Mapping[str, str] = field(default_factory=dict)

    def markdown(self, html: str) -> str:
        """Markdown that shows what the HTML does."""
        if html in self.known:
            return self.known[html]
        found, gone = hypertext.markdown(clean(html))
        if gone:
            self.lost(f"HTML that Markdown hasn't ({listing(sorted(gone))}) is left out")
        return clean(found)


def right(answer: dict[str, Any]) -> bool:
    """Whether jupyterquiz takes an answer for right."""
    return answer.get("correct") in (True, "true")


def choices(answers: list[dict[str, Any]], item: dict[str, Any], notes: Notes) -> Made:
    """Choices; what is said of the right ones is the explanation."""
    made, said = [], []
    for answer in answers:
        feedback = string(answer, "feedback")
        text = "\n\n".join(filter(None, [notes.markdown(string(answer, "answer")), code(answer)]))
        said += [notes.markdown(feedback)] if right(answer) else []
        made.append(Choice(text, right(answer), "" if right(answer) else notes.markdown(feedback)))
    count = sum(choice.right for choice in made)
    if not count:
        raise Unheld("Left out, for no choice is right")
    several = item["type"] == "many_choice" or count > 1
    return (SeveralChoices if several else OneChoice)(tuple(made)), said


def code(answer: dict[str, Any]) -> str:
    """A choice's code, line by line: a fence within a list would lose what it is indented by."""
    lines = clean(unescape(string(answer, "code"))).split("\n")
    spaced = (line.replace("  ", "\xa0\xa0") for line in lines if line)
    return "\\\n".join(hypertext.inline(line) for line in spaced)


def number(answers: list[dict[str, Any]], item: dict[str, Any], notes: Notes) -> Made:
    """The first right value or range."""
    rights = [it for it in answers if right(it) and ("value" in it or "range" in it)]
    if not rights:
        raise Unheld("Left out, for no number is right")
    if len(rights) > 1:
        notes.lost("Of several right numbers or ranges only the first is kept")
    if any(it.get("feedback") for it in answers if not right(it)):
        notes.lost("What is said of wrong numbers is left out")
    first = rights[0]
    within = value_of(first, item, notes) if "value" in first else range_of(first, notes)
    return Number(within), [notes.markdown(string(first, "feedback"))]


def value_of(answer: dict[str, Any], item: dict[str, Any], notes: Notes) -> Interval:
    """A value; where digits are counted, what rounds to it."""
    value, digits = real(answer["value"], "value"), item.get("precision")
    if digits is None or value == 0:
        return Interval.around(value, 0.0)
    digits = real(digits, "precision")
    if digits not in range(1, 101):
        raise Wrong(f'"precision" is 1 to 100 digits, not {brief(digits)}.')
    notes.lost("The precision, a number of digits, became a tolerance")
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1)
    return Interval.around(float(f"{value:.{int(digits)}g}"), unit / 2)


def range_of(answer: dict[str, Any], notes: Notes) -> Interval:
    """A range, whose upper end counts in ours."""
    ends = answer["range"]
    if not isinstance(ends, list) or len(ends) != 2:
        raise Wrong('"range" is two numbers, as in [0.1, 0.2].')
    low, high = (real(end, "range") for end in ends)
    if low >= high:
        raise Unheld("Left out, for its range has nothing in it")
    notes.lost("The upper end of a range counts here, in jupyterquiz it does not")
    return Interval(low, high)


def words(answers: list[dict[str, Any]], item: dict[str, Any], notes: Notes) -> Made:
    """Words, right and wrong."""
    named = [it for it in answers if it.get("type") != "default"]
    if len(named) < len(answers):
        notes.lost("What is said of any other answer is left out")
    rights = [it for it in named if right(it) and clean(string(it, "answer"))]
    if not rights:
        raise Unheld("Left out, for no word is right")
    cases = {it.get("match_case") is True for it in named}
    if len(cases) > 1:
        notes.lost("Capitals matter in some of the answers only, so here they do not")
    accept = tuple(dict.fromkeys(clean(string(it, "answer")) for it in rights))
    wrong = {
        clean(string(it, "answer")): notes.markdown(string(it, "feedback"))
        for it in named
        if not right(it) and clean(string(it, "answer"))
    }
    kind = ShortText(accept, typos_of(rights, notes), cases == {True}, wrong)
    return kind, [notes.markdown(string(it, "feedback")) for it in rights]


def typos_of(rights: list[dict[str, Any]], notes: Notes) -> int:
    """How many letters of the longest right word may be wrong."""
    found = 0
    for it in rights:
        if threshold := it.get("fuzzy_threshold"):
            share = 1 - min(1.0, max(0.0, real(threshold, "fuzzy_threshold")))
            found = max(found, math.floor(share * len(string(it, "answer")) + 1e-6))
            notes.lost("The share of letters that must be right became a number of typos")
    return found


READERS: dict[str, Callable[[list[dict[str, Any]], dict[str, Any], Notes], Made]] = {
    "multiple_choice": choices,
    "many_choice": choices,
    "numeric": number,
    "string": words,
}
