"""A question as a page is shown it: HTML and positions, and nothing that gives its answer away.

What is chosen from is shuffled here, and a page knows only the places in that order. In an exam
that is not handed in, neither feedback nor explanation nor solution is in it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

from coursekit.quiz.kinds import (
    Code,
    FreeText,
    Grade,
    Kind,
    MatchPairs,
    NoAnswer,
    Number,
    OneChoice,
    PutInOrder,
    SeveralChoices,
)
from coursekit.quiz.questionnaire import Question
from coursekit.quiz.sitting import Sitting, graded
from coursekit.quiz.text import html

Shown = dict[str, Any]


def shown(it: Sitting, grade: Grade | None = None) -> Shown:
    """The present question, where it stands, and how to answer it.

    Args:
        it: Whose.
        grade: What the latest answer was worth, where that is known.
    """
    question = it.question()
    about = {
        "id": question.id,
        "number": it.order.index(question.id) + 1,
        "of": len(it.order),
        "section": question.section,
        "difficulty": question.difficulty,
        "kind": question.kind.name,
        "text": as_html(it, question.text),
        "status": it.status(question.id),
        "flagged": it.flagged(question.id),
        "exam": it.is_exam,
        "over": it.handed_in,
        "hints": [as_html(it, hint) for hint in question.hints[: it.hints(question.id)]],
        "more_hints": 0 if it.is_exam else len(question.hints) - it.hints(question.id),
        "written": written(it, question),
    }
    make = ASKED.get(type(question.kind))
    parts = make(it, question.kind, question) if make else {}
    return about | parts | told(it, question, grade)


def told(it: Sitting, question: Question, grade: Grade | None) -> Shown:
    """What is said of the answer; nothing before there is one, and in an exam nothing yet."""
    tried, solved = it.attempts(question.id), it.solved(question.id)
    if it.hides or not (tried or solved or it.handed_in or grade):
        return {"feedback": [], "explanation": "", "solution": "", "source": ""}
    grade = grade or latest(it)
    right = bool(grade and grade.right)
    return {
        "feedback": [as_html(it, said) for said in (grade.feedback if grade else ())],
        "share": grade.share if grade else (tried[-1].share if tried else None),
        "by_oneself": bool(grade and grade.by_oneself),
        "explanation": as_html(it, question.explanation) if right or solved or it.handed_in else "",
        "solution": as_html(it, question.kind.solution()) if solved or it.handed_in else "",
        "source": question.source,
    }


def latest(it: Sitting) -> Grade | None:
    """What the latest answer to the present question was worth.

    None where there is no answer, where it can't be told any more, and in an exam not yet.
    """
    tried = it.attempts(it.at)
    if it.hides or not tried:
        return None
    try:
        return graded(it.question(), tried[-1].answer)
    except NoAnswer:
        return None


def written(it: Sitting, question: Question) -> Any:
    """What the learner has answered or begun, with places as the page has them."""
    tried = it.attempts(question.id)
    given = it.drafted(question.id)
    if given is None and it.is_exam:
        given = it.place.get("answers", {}).get(question.id, [None])[0]
    if given is None and tried:
        given = tried[-1].answer
    return on_page(question, given)


def on_page(question: Question, answer: Any) -> Any:
    """An answer with its places as the page has them; None where it does not fit (any more)."""
    order = shuffled(question)
    if not order or answer is None:
        return answer
    try:
        if isinstance(question.kind, OneChoice):
            return order.index(answer)
        return [order.index(place) for place in answer]
    except (ValueError, TypeError):
        return None


def in_file(question: Question, answer: Any) -> Any:
    """An answer from the page with its places as the file has them.

    Raises:
        NoAnswer: It has places that are none.
    """
    order = shuffled(question)
    if not order:
        return answer
    given = [answer] if isinstance(question.kind, OneChoice) else answer
    if not isinstance(given, list) or not all(type(it) is int for it in given):
        raise NoAnswer("Nothing was chosen yet.")
    if not all(0 <= place < len(order) for place in given):
        raise NoAnswer("There is no such choice. Load the page anew: the questions have changed.")
    places = [order[place] for place in given]
    return places[0] if isinstance(question.kind, OneChoice) else places


def shuffled(question: Question) -> list[int]:
    """The file's places in the order in which the page shows them; empty where there are none.

    Always the same for a question, and never the right order where order is what is asked.
    """
    n = len(parts(question.kind))
    order = list(range(n))
    random.Random(question.revision).shuffle(order)  # noqa: S311 - nothing secret
    if isinstance(question.kind, PutInOrder) and order == sorted(order):
        order.append(order.pop(0))
    return order


def parts(kind: Kind) -> list[str]:
    """What is chosen from, put in order or matched with, Markdown."""
    if isinstance(kind, OneChoice | SeveralChoices):
        return [choice.text for choice in kind.choices]
    if isinstance(kind, PutInOrder):
        return list(kind.items)
    return [right for _, right in kind.pairs] if isinstance(kind, MatchPairs) else []


def choices(it: Sitting, kind: Kind, question: Question) -> Shown:
    """What is chosen from, in the page's order."""
    known = parts(kind)
    return {"choices": [as_html(it, known[place], inline=True) for place in shuffled(question)]}


def pairs(it: Sitting, kind: MatchPairs, question: Question) -> Shown:
    """The left sides in the file's order, the right ones as words, for a list to choose from."""
    known = parts(kind)
    lefts = [as_html(it, left, inline=True) for left, _ in kind.pairs]
    return {"lefts": lefts, "choices": [plain(known[place]) for place in shuffled(question)]}


def number(_: Sitting, kind: Number, __: Question) -> Shown:
    """The unit that is asked for."""
    return {"unit": kind.unit}


def free(it: Sitting, kind: FreeText, question: Question) -> Shown:
    """The model answer and the rubric, once the learner has written something."""
    given = written(it, question)
    compared = isinstance(given, dict) and bool(str(given.get("text", "")).strip())
    ready = compared and given.get("compare", True) and not it.hides
    if it.hides or not ready:
        return {"model": "", "rubric": []}
    return {
        "model": as_html(it, kind.model),
        "rubric": [as_html(it, point, inline=True) for point in kind.rubric],
    }


def code(_: Sitting, kind: Code, __: Question) -> Shown:
    """Whether something is to be typed."""
    return {"asks": kind.asks}


ASKED: dict[type, Callable[[Any, Any, Question], Shown]] = {
    OneChoice: choices,
    SeveralChoices: choices,
    PutInOrder: choices,
    MatchPairs: pairs,
    Number: number,
    FreeText: free,
    Code: code,
}


def as_html(it: Sitting, markdown: str, inline: bool = False) -> str:
    """Markdown as HTML, with the pictures that lie beside the file; `inline` without its <p>."""
    path = it.questionnaire.path
    made = html(markdown, path.parent if path else None).strip()
    one = inline and made.startswith("<p>") and made.count("<p>") == 1 and made.endswith("</p>")
    return made[3:-4] if one else made


def plain(markdown: str) -> str:
    """Markdown without its signs, pictures and formulas, for a place that shows text alone."""
    without = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", markdown)
    words = re.sub(r"\$[^$\n]+\$", "…", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", without))
    return re.sub(r"[*`]+", "", words)


def overview(it: Sitting) -> list[Shown]:
    """A row for each question: its id, section, words, status and flag."""
    return [
        {
            "id": id,
            "section": it.question(id).section,
            "words": shortened(plain(it.question(id).text)),
            "status": it.status(id),
            "flagged": it.flagged(id),
        }
        for id in it.order
    ]


LONGEST = 90


def shortened(text: str) -> str:
    """The first line, cut where it is long."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
