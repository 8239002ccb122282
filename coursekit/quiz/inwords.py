"""Answers as a teacher reads them: a choice's words, not its place; what was typed as typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coursekit.core.columns import printable
from coursekit.quiz import wordmatch
from coursekit.quiz.kinds import (
    FreeText,
    Kind,
    MatchPairs,
    NoAnswer,
    OneChoice,
    PutInOrder,
    SeveralChoices,
    places,
)
from coursekit.quiz.showing import plain

LONGEST = 300
ODD = "an answer of another form"
NOTHING = "nothing chosen"
OLD = "a choice that is not there"


def in_words(answer: Any, kind: Kind | None = None) -> str:
    """An answer in a line of at most `LONGEST` characters.

    Args:
        answer: Whatever a file says was answered.
        kind: What was asked; None where that is not known: then choices have their numbers.
    """
    make: Callable[[Any, Any], str] = SAID.get(type(kind), _unasked)
    try:
        found = printable(make(answer, kind))
    except NoAnswer:
        found = OLD if isinstance(answer, int | list) else ODD
    return found if len(found) <= LONGEST else f"{found[: LONGEST - 1]}…"


def alike(words: str) -> str:
    """What makes two answers one: capitals and signs do not part them."""
    return wordmatch.plain(words) or words


def _unasked(answer: Any, _: Kind | None) -> str:
    if isinstance(answer, str):
        return answer or "nothing typed"
    if isinstance(answer, Mapping) and isinstance(answer.get("text"), str):
        return _points(answer)
    if isinstance(answer, bool):
        return ODD
    if isinstance(answer, int):
        return f"choice {_number(answer)}"
    if isinstance(answer, list) and all(type(it) is int for it in answer):
        return f"choices {', '.join(map(_number, answer))}" if answer else NOTHING
    return ODD


def _number(place: int) -> str:
    """Counted from 1; Python writes no numbers of many thousand digits."""
    return str(place + 1) if 0 <= place < 10**9 else "?"


def _points(answer: Mapping[str, Any]) -> str:
    met = answer.get("met")
    missing = met.count(False) if isinstance(met, list) else 0
    return f"without {missing} of the points" if missing else "without some point"


def _chosen(answer: Any, kind: OneChoice | SeveralChoices) -> str:
    given = [answer] if isinstance(kind, OneChoice) else answer
    taken = sorted(set(places(given, len(kind.choices))))
    return " / ".join(plain(kind.choices[place].text) for place in taken) or NOTHING


def _ordered(answer: Any, kind: PutInOrder) -> str:
    return " → ".join(plain(kind.items[place]) for place in places(answer, len(kind.items)))


def _matched(answer: Any, kind: MatchPairs) -> str:
    """Only the pairs that do not belong together."""
    given = places(answer, len(kind.pairs))
    rows = zip(given, kind.pairs, strict=False)
    wrong = [
        f"{plain(left)}: {plain(kind.pairs[place][1])}"
        for place, (left, right) in rows
        if kind.pairs[place][1] != right
    ]
    return " / ".join(wrong) or NOTHING


def _judged(answer: Any, kind: FreeText) -> str:
    """The points of the rubric that the learner missed in their own answer."""
    met = answer.get("met") if isinstance(answer, Mapping) else None
    if not isinstance(met, list) or len(met) != len(kind.rubric):
        return ODD
    missing = [plain(it) for it, has in zip(kind.rubric, met, strict=True) if has is not True]
    return f"without: {' / '.join(missing)}"


SAID: dict[type, Callable[[Any, Any], str]] = {
    OneChoice: _chosen,
    SeveralChoices: _chosen,
    PutInOrder: _ordered,
    MatchPairs: _matched,
    FreeText: _judged,
}
