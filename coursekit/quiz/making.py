"""Questions made of their parts; what is wrong is noted with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from coursekit.core.wording import listing
from coursekit.quiz import expression, source
from coursekit.quiz.kinds import (
    Choice,
    Code,
    FreeText,
    Kind,
    MatchPairs,
    Number,
    OneChoice,
    PutInOrder,
    SeveralChoices,
    ShortText,
)
from coursekit.quiz.numbers import Interval
from coursekit.quiz.source import Mistake, Part, Source

CHOICE = re.compile(r"[-*+] \[([ xX])\]\s+(.*)")
NUMBERED = re.compile(r"(\d{1,3})[.)]\s+(.*)")
BULLET = re.compile(r"([-*+])\s+(.*)")
HINTS = 3
COMMON = {"kind": str, "section": str, "difficulty": int, "tags": list, "source": str}
OWN: dict[str, dict[str, Any]] = {
    "one": {},
    "several": {},
    "number": {"answer": (int, float), "tolerance": (int, float), "range": list, "unit": str},
    "text": {"accept": list, "typos": int, "case": bool, "wrong": dict},
    "free": {},
    "order": {},
    "pairs": {},
    "code": {"check": str},
}
PARTS = ("Hint", "Explanation", "Model answer", "Rubric")


class Maker:
    """A question in the making.

    Attributes:
        about: Its YAML.
        rest: What follows that.
        text: What is asked; set once the list or table at its end is taken off.
        mistakes: What was found wrong.
    """

    def __init__(self, it: Source) -> None:
        self.source = it
        self.block, self.rest = source.header(it.body)
        self.about, self.mistakes = source.fields(self.block) if self.block.lines else ({}, [])
        self.text = ""
        if not source.is_id(it.id):
            self.mistakes.append(
                Mistake(it.line, 4, f"A question's heading is its id. {source.IDS}")
            )
        if not self.block.lines:
            says = "A block ```yaml with the question's kind comes right after its heading."
            self.mistakes.append(Mistake(it.line + 1, 1, says))

    def wrong(self, says: str, key: str = "", line: int = 0, column: int = 1) -> None:
        """Notes a mistake: at a key of the YAML, or at a line, or at the heading."""
        place = source.place_of(self.block, key) if key else (line or self.source.line, column)
        self.mistakes.append(Mistake(*place, says))

    def take_text(self, part: Part) -> None:
        """Takes what is asked."""
        self.text = part.text
        if not self.text:
            self.wrong("Nothing is asked: the question's words are missing.")

    def known(self, kind: str) -> None:
        """Notes keys that nothing reads, and values of another type than theirs."""
        types: dict[str, Any] = {**COMMON, **OWN[kind]}
        for key, value in self.about.items():
            wanted = types.get(key)
            if wanted is None:
                self.wrong(f"{key}: nothing reads this. Known are {listing(types, most=20)}.", key)
            elif not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
                self.wrong(f"{key}: {TYPES[wanted]} is wanted here, not {value!r}.", key)

    def common(self) -> dict[str, Any]:
        """What all kinds have."""
        found: dict[str, list[Part]] = {name: [] for name in PARTS}
        for part in self.source.parts:
            if part.name not in found:
                says = f"There is no part of this name. Known are {listing(PARTS)}."
                self.wrong(says, line=part.first - 1, column=5)
            elif not part.text:
                self.wrong(f"{part.name} is empty.", line=part.first - 1, column=5)
            found.setdefault(part.name, []).append(part)
        for part in found["Hint"][HINTS:]:
            self.wrong(f"At most {HINTS} hints.", line=part.first - 1, column=5)
        if len(found["Explanation"]) != 1:
            self.wrong("A question has one ### Explanation.")
        difficulty = self.about.get("difficulty", 1)
        if difficulty not in (1, 2, 3):
            self.wrong("difficulty: 1, 2 or 3.", "difficulty")
        return {
            "explanation": "".join(part.text for part in found["Explanation"][:1]),
            "hints": tuple(part.text for part in found["Hint"]),
            "section": str(self.about.get("section", self.source.section)),
            "difficulty": difficulty,
            "tags": tuple(map(str, self.about.get("tags") or ())),
            "source": str(self.about.get("source", "")),
        }

    def part(self, name: str) -> Part:
        """A part that this kind must have."""
        found = [part for part in self.source.parts if part.name == name]
        if len(found) != 1:
            self.wrong(f"A question of this kind has one ### {name}.")
        return found[0] if found else Part(name, self.source.line)


TYPES = {
    str: "a text",
    int: "a whole number",
    list: "a list such as [a, b]",
    bool: "true or false",
    dict: "names and values",
    (int, float): "a number",
}


def make(maker: Maker) -> Kind | None:
    """The question's kind; None, with the mistakes noted, where it cannot be made."""
    name = maker.about.get("kind")
    if not isinstance(name, str) or name not in MAKERS:
        if maker.block.lines and not maker.mistakes:
            maker.wrong(f"kind: one of {listing(MAKERS, most=20, joint='or')}.", "kind")
        return None
    maker.known(name)
    return None if maker.mistakes else MAKERS[name](maker)


def one(maker: Maker) -> Kind:
    """A single choice."""
    choices = choices_of(maker)
    if sum(choice.right for choice in choices) != 1:
        maker.wrong("One choice, and only one, is ticked: - [x]. For more, kind: several.")
    return OneChoice(choices)


def several(maker: Maker) -> Kind:
    """Several choices."""
    choices = choices_of(maker)
    if not any(choice.right for choice in choices):
        maker.wrong("At least one choice is ticked: - [x].")
    return SeveralChoices(choices)


def choices_of(maker: Maker) -> tuple[Choice, ...]:
    """The ticked and unticked choices."""
    before, found = source.entries(maker.rest, CHOICE)
    maker.take_text(before)
    if len(found) < 2:
        maker.wrong("At least two choices are wanted, each as in - [ ] its words.")
    for entry in found:
        if not entry.text:
            maker.wrong("This choice has no words.", line=entry.line)
    twice(maker, [(entry.line, entry.text) for entry in found])
    return tuple(Choice(it.text, it.mark != " ", it.quote) for it in found)


def number(maker: Maker) -> Kind | None:
    """A number with a tolerance, or within a range."""
    maker.take_text(maker.rest)
    unit, about = maker.about.get("unit", ""), maker.about
    if ("answer" in about) == ("range" in about):
        maker.wrong("Either answer (with tolerance), or range: [from, to].", "kind")
        return None
    if "answer" in about:
        answer, tolerance = float(about["answer"]), float(about.get("tolerance", 0))
        if tolerance < 0:
            maker.wrong("tolerance: not below 0.", "tolerance")
        return Number(Interval.around(answer, tolerance), unit)
    ends = about["range"]
    numbers = [end for end in ends if isinstance(end, int | float) and not isinstance(end, bool)]
    if len(ends) != 2 or len(numbers) != 2 or ends[0] > ends[1]:
        maker.wrong("range: two numbers, the lower first, as in [0.1, 0.2].", "range")
        return None
    return Number(Interval(float(ends[0]), float(ends[1])), unit)


def text(maker: Maker) -> Kind:
    """A word or two."""
    maker.take_text(maker.rest)
    about = maker.about
    accept = tuple(str(word) for word in about.get("accept", ()))
    if not accept or not all(word.strip() for word in accept):
        maker.wrong("accept: a list of all that is right, such as [label, labels].", "accept")
    if about.get("typos", 0) < 0:
        maker.wrong("typos: not below 0.", "typos")
    wrong = {str(word): str(why) for word, why in about.get("wrong", {}).items()}
    return ShortText(accept, about.get("typos", 0), about.get("case", False), wrong)


def free(maker: Maker) -> Kind:
    """Sentences, with a model answer and a rubric."""
    maker.take_text(maker.rest)
    model = maker.part("Model answer").text
    before, points = source.entries(maker.part("Rubric"), BULLET)
    if before.text or not points:
        maker.wrong(
            "The rubric is a list: - a point that an answer should have.", line=before.first
        )
    return FreeText(model, tuple(point.text for point in points))


def order(maker: Maker) -> Kind:
    """Things to be put in order."""
    before, items = source.entries(maker.rest, NUMBERED)
    maker.take_text(before)
    if len(items) < 2:
        maker.wrong("At least two things are wanted, in their right order, as in 1. its words.")
    twice(maker, [(item.line, item.text) for item in items])
    return PutInOrder(tuple(item.text for item in items))


def pairs(maker: Maker) -> Kind:
    """Things that belong together."""
    before, rows = source.table(maker.rest)
    maker.take_text(before)
    for line, row in rows:
        if len(row) != 2 or not all(row):
            maker.wrong("Two cells are wanted in each row, | left | right |.", line=line)
    if len(rows) < 2:
        maker.wrong("A table of two columns and at least two rows below its head is wanted.")
    if maker.mistakes:
        return MatchPairs(())
    twice(maker, [(line, left) for line, (left, _) in rows])
    return MatchPairs(tuple((left, right) for _, (left, right) in rows))


def code(maker: Maker) -> Kind:
    """A condition about the learner's own variables."""
    maker.take_text(maker.rest)
    check = maker.about.get("check", "")
    try:
        expression.parsed(check)
    except expression.NoCondition as error:
        line, column = source.place_of(maker.block, "check")
        maker.wrong(f"check: {error}", line=line, column=column + len("check: ") + error.column - 1)
    return Code(check)


def twice(maker: Maker, texts: list[tuple[int, str]]) -> None:
    """Notes what is there already above."""
    seen: set[str] = set()
    for line, words in texts:
        if words in seen:
            maker.wrong("This is here twice.", line=line)
        seen.add(words)


MAKERS: dict[str, Callable[[Maker], Kind | None]] = {
    "one": one,
    "several": several,
    "number": number,
    "text": text,
    "free": free,
    "order": order,
    "pairs": pairs,
    "code": code,
}
