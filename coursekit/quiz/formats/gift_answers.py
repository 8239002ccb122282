"""What stands between the braces of a GIFT question, as kinds of ours."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

from coursekit.core.wording import listing
from coursekit.quiz.formats import hypertext
from coursekit.quiz.formats.foreign import WIDEST, Unheld, clean
from coursekit.quiz.formats.gift_blocks import Wrong, restored
from coursekit.quiz.kinds import (
    Choice,
    Kind,
    MatchPairs,
    Number,
    OneChoice,
    SeveralChoices,
    ShortText,
)
from coursekit.quiz.numbers import Interval

FORMAT = re.compile(r"\s*\[(markdown|html|moodle|plain)\]")
WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%")
TRUTH = re.compile(r"(T|TRUE|F|FALSE)\s*(#.*)?", re.DOTALL)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
PARTLY = "That is only partly right."
Made = tuple[Kind, list[str]]
"""A kind, and what is said of its right answers, Markdown."""


@dataclass(frozen=True)
class Notes:
    """What is known while a question is read.

    Attributes:
        lost: Notes what ours cannot hold.
        format: What its texts are, unless they say otherwise.
        mine: Whether we wrote it.
    """

    lost: Callable[[str], None]
    format: str = "moodle"
    mine: bool = False

    def markdown(self, raw: str) -> str:
        """A text as Markdown."""
        found = FORMAT.match(raw)
        format = found[1] if found else self.format
        text = restored(raw[found.end() :] if found else raw)
        if format == "markdown":
            return text if self.mine else clean(text)
        if format == "plain":
            return hypertext.escaped(clean(text))
        shown, gone = hypertext.markdown(clean(text))
        if gone:
            self.lost(f"HTML that Markdown hasn't ({listing(sorted(gone))}) is left out")
        return clean(shown)

    def plain(self, raw: str) -> str:
        """A text that Moodle takes as it is, here Markdown, too."""
        text = restored(raw)
        return text if self.format == "markdown" else hypertext.escaped(clean(text))


class Answer(NamedTuple):
    """An answer; `at` is where it stands in its block, `weight` its share of 100 %."""

    at: int
    mark: str
    weight: float
    text: str
    feedback: str


def answers(text: str, at: int, marks: str) -> Iterator[Answer]:
    """The answers, each of which begins with one of the marks; the first one's may be missing."""
    begins = [found.start() for found in re.finditer(f"[{marks}]", text)]
    for begin, end in zip([0, *begins], [*begins, len(text)], strict=True):
        part = text[begin:end]
        if part.strip():
            yield answer(part, at + begin, weighed="~" if "~" in marks else "=")


def answer(part: str, at: int, weighed: str) -> Answer:
    """An answer; a mark in `weighed` may have a weight behind it."""
    mark = part[0] if part[0] in "=~" else ""
    rest = part[len(mark) :].strip()
    weight = 0.0 if mark == "~" else 100.0
    if (found := WEIGHT.match(rest)) and (mark or "=") == weighed:
        weight, rest = float(found[1]), rest[found.end() :]
    text, _, feedback = rest.partition("#")
    return Answer(at, mark, weight, text.strip(), feedback.strip())


def choices(text: str, at: int, notes: Notes) -> Made:
    """Choices: one is right where one has the mark =, else those that are worth something."""
    found = list(answers(text, at, "=~"))
    if not found[0].mark:
        raise Wrong("A choice begins with = or ~.", found[0].at)
    for it in found:
        if not it.text:
            raise Wrong("This choice has no words.", it.at)
    single = any(it.mark == "=" for it in found)
    right = [it.mark == "=" if single else it.weight > 0 for it in found]
    if not any(right):
        raise Unheld("Left out, for no choice is right")
    if odd_weights(found, single):
        notes.lost("What its choices are worth is not what they are worth in ours")
    # in ours, a right one's feedback is said to whoever misses it, in Moodle to whoever takes it
    one = single and sum(right) == 1
    texts = [notes.markdown(it.text) for it in found]
    said = [notes.markdown(it.feedback) for it in found]
    moved = [] if notes.mine or one else list(compress(said, right))
    kept = ["" if moved and ok else it for it, ok in zip(said, right, strict=True)]
    made = tuple(map(Choice, texts, right, kept))
    return OneChoice(made) if one else SeveralChoices(made), moved


def odd_weights(found: list[Answer], single: bool) -> bool:
    """Whether choices are not worth what ours gives for them."""
    weights = [it.weight for it in found]
    if single:
        return any(weight not in (0, 100) for weight in weights) or weights.count(100) > 1
    worth = 100 / sum(weight > 0 for weight in weights)
    return any(abs(abs(weight) - worth) > 0.01 for weight in weights)


def truth(text: str, at: int, notes: Notes) -> Made:
    """True or false, as a choice of two."""
    word, wrong, right = ([it.strip() for it in text.split("#", 2)] + ["", ""])[:3]
    true = word.startswith("T")
    feedback = {True: notes.markdown(right), False: notes.markdown(wrong)}
    pair = [("True", true), ("False", not true)]
    return OneChoice(tuple(Choice(name, ok, feedback[ok]) for name, ok in pair)), []


def words(text: str, at: int, notes: Notes) -> Made:
    """Words to be typed."""
    accept, wrong, said = [], {}, []
    for it in answers(text, at, "="):
        word = restored(FORMAT.sub("", it.text, count=1))
        if re.search(r"(?<!\\)\*", word):
            notes.lost("Answers with a star, which stands for any letters, are left out")
            continue
        if not word:
            raise Wrong("This answer has no words.", it.at)
        word = word.replace("\\*", "*") if notes.mine else clean(word.replace("\\*", "*"))
        if it.weight >= 100:
            accept.append(word)
            said.append(notes.markdown(it.feedback))
        else:
            wrong[word] = notes.markdown(it.feedback) or (PARTLY if it.weight > 0 else "")
        if 0 < it.weight < 100:
            notes.lost("What is partly right counts as wrong in ours")
    if not accept:
        raise Unheld("Left out, for no word is wholly right")
    return ShortText(tuple(dict.fromkeys(accept)), wrong=wrong), said


def number(text: str, at: int, notes: Notes) -> Made:
    """The first number or range that is wholly right."""
    text, _, wrong = text.partition("~")
    found = list(answers(text[1:], at + 1, "="))
    if not found:
        raise Wrong("A number is wanted behind {#, as in {#3:0.1}.", at)
    for it in found:
        interval(it)
    rights = [it for it in found if it.weight >= 100 and it.text != "*"]
    if not rights:
        raise Unheld("Left out, for no number is wholly right")
    if len(rights) > 1:
        notes.lost("Of several right numbers or ranges only the first is kept")
    if wrong or len(found) > len(rights):
        notes.lost("What is partly right, or said of wrong numbers, is left out")
    return Number(interval(rights[0])), [notes.markdown(rights[0].feedback)]


def interval(it: Answer) -> Interval:
    """An answer's number with its tolerance, or its range."""
    if it.text == "*":
        return Interval.around(0, 0)
    low, is_range, high = it.text.partition("..")
    exact, _, tolerance = it.text.partition(":")
    if not is_range:
        return Interval.around(real(exact, it.at), abs(real(tolerance or "0", it.at)))
    ends = [real(low, it.at), real(high, it.at)]
    if not ends[0] <= ends[1]:
        raise Wrong("The lower end of a range comes first.", it.at)
    infinite = {-WIDEST: float("-inf"), WIDEST: float("inf")}
    return Interval(*(infinite.get(end, end) for end in ends))


def real(text: str, at: int) -> float:
    """A number."""
    if not NUMBER.fullmatch(text.strip()) or not math.isfinite(float(text)):
        raise Wrong("A number is wanted, as in 3, 3:0.1 or 1..2.", at)
    return float(text)


def pairs(text: str, at: int, notes: Notes) -> Made:
    """What belongs together."""
    made = []
    for it in re.finditer("=([^=]*)", text):
        left, arrow, right = it[1].partition("->")
        if not arrow:
            raise Wrong("An arrow -> is missing between the two of this pair.", at + it.start())
        if not right.strip():
            raise Wrong("Nothing stands right of the arrow.", at + it.start())
        if left.strip():
            made.append((notes.markdown(left), notes.plain(right)))
        else:
            notes.lost("What belongs to nothing, in pairs, is left out")
    return MatchPairs(tuple(made)), []
