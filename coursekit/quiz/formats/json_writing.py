"""Questions as JSON that the package jupyterquiz asks.

It puts what it is given into the page as HTML, so ours is rendered here, formulas as MathML. What
it does not read - hints, tags and so on - lies in one more key, `coursekit`, as our Markdown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from coursekit.core import fingerprint
from coursekit.quiz import text
from coursekit.quiz.formats import contents
from coursekit.quiz.formats.foreign import WIDEST
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.kinds import Choice, Number, OneChoice, SeveralChoices, ShortText
from coursekit.quiz.numbers import SLACK, Interval
from coursekit.quiz.questionnaire import Question, Questionnaire
from coursekit.quiz.writing import markdown

KEY = "coursekit"
Html = Callable[[str], str]
Lost = Callable[[str], None]


def write(it: Questionnaire, losses: Losses) -> str:
    """The file's text, without the questions that jupyterquiz cannot ask."""
    beside = it.path.parent if it.path else None
    written = (one(question, it, beside, losses) for question in it.questions)
    found = [question for question in written if question is not None]
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n" if found else ""


def one(
    question: Question, it: Questionnaire, beside: Path | None, losses: Losses
) -> dict[str, Any] | None:
    """A question as jupyterquiz has it; None where it cannot ask it."""
    lost = partial(losses.add, id=question.id)
    writer = WRITERS.get(type(question.kind))
    if writer is None or not written_numbers(question):
        lost("Left out, jupyterquiz can't ask this kind")
        return None
    html = partial(shown, beside=beside)
    type_, answers = writer(question.kind, html(question.explanation), html)
    found = {"type": type_, "question": html(question.text), "answers": answers}
    note_losses(question, found, lost)
    alone = Questionnaire(it.id, it.title, (question,))
    return {**found, KEY: {"markdown": markdown(alone), "digest": digest(found)}}


def digest(question: dict[str, Any]) -> str:
    """Tells whether a question was changed by others, who know nothing of our key."""
    rest = {name: value for name, value in question.items() if name != KEY}
    return fingerprint.of_bytes(json.dumps(rest, sort_keys=True).encode())


def shown(markdown: str, beside: Path | None) -> str:
    """Markdown as HTML that jupyterquiz leaves as it is.

    It takes `$` for a formula and `[a](b)` for a link wherever they are, code included.
    """
    html = text.html(markdown, beside).strip()
    if html.count("<p>") == 1 and html.startswith("<p>") and html.endswith("</p>"):
        html = html.removeprefix("<p>").removesuffix("</p>")
    return html.replace("$", "&#36;").replace("[", "&#91;")


def written_numbers(question: Question) -> bool:
    """Whether no number is missing (YAML has one that is none)."""
    kind = question.kind
    return not isinstance(kind, Number) or not math.isnan(kind.within.low + kind.within.high)


def note_losses(question: Question, found: dict[str, Any], lost: Lost) -> None:
    """Says what jupyterquiz will not show, though it is in the file for the way back."""
    kind = question.kind
    if question.hints:
        lost("Hints stay in the file, but jupyterquiz does not show them")
    if isinstance(kind, Number) and kind.unit:
        lost("jupyterquiz takes no unit behind a number")
    if isinstance(kind, ShortText):
        lost("jupyterquiz counts every sign, and of typos two for swapped letters")
    if isinstance(kind, SeveralChoices) and any(it.right and it.feedback for it in kind.choices):
        lost("jupyterquiz says a right choice's feedback when it is taken, ours when it is missed")
    if contents.count(question, contents.PICTURE) > json.dumps(found).count("<img "):
        lost("Pictures that aren't beside the file, or are in hints, are left out")


Written = tuple[str, list[dict[str, Any]]]
"""A type of jupyterquiz, and the answers; made of a kind, the explanation as HTML, and `shown`."""


def one_choice(kind: OneChoice, explanation: str, html: Html) -> Written:
    """Choices, one of them right."""
    return "multiple_choice", [choice(it, explanation, html) for it in kind.choices]


def several_choices(kind: SeveralChoices, explanation: str, html: Html) -> Written:
    """Choices, any number of them right."""
    return "many_choice", [choice(it, explanation, html) for it in kind.choices]


def choice(it: Choice, explanation: str, html: Html) -> dict[str, Any]:
    """A choice; where a right one has nothing to say of itself, it says the explanation."""
    feedback = html(it.feedback) or (explanation if it.right else "")
    said = {"feedback": feedback} if feedback else {}
    return {"answer": html(it.text), "correct": it.right, **said}


def number(kind: Number, explanation: str, html: Html) -> Written:
    """A value or a range."""
    within = kind.within
    if within.low == within.high:
        answer: dict[str, Any] = {"type": "value", "value": within.low}
    else:
        answer = {"type": "range", "range": ends(within)}
    return "numeric", [{**answer, "correct": True, "feedback": explanation}]


def ends(within: Interval) -> list[float]:
    """An interval's ends, a little apart: jupyterquiz leaves the upper one out, ours has both."""
    low, high = max(within.low, -WIDEST), min(within.high, WIDEST)
    slack = SLACK * max(abs(low), abs(high))
    return [max(low - slack, -WIDEST), min(high + slack, WIDEST)]


def short_text(kind: ShortText, explanation: str, html: Html) -> Written:
    """Words; what is wrong comes first, so that no typo makes it right."""
    case = {"match_case": kind.case}
    wrong = [
        {"answer": word, "correct": False, **case, "feedback": html(why)}
        for word, why in kind.wrong.items()
    ]
    right = [
        {"answer": word, "correct": True, **case, "feedback": explanation} | fuzzy(word, kind.typos)
        for word in kind.accept
    ]
    return "string", wrong + right


def fuzzy(word: str, typos: int) -> dict[str, float]:
    """The share of a word that must be right, so that this many of its letters may be wrong."""
    length = len(word.encode("utf-16-le", "surrogatepass")) // 2  # as JavaScript counts
    allowed = min(typos, length - 1)
    return {"fuzzy_threshold": 1 - allowed / length} if allowed > 0 else {}


WRITERS: dict[type, Callable[[Any, str, Html], Written]] = {
    OneChoice: one_choice,
    SeveralChoices: several_choices,
    Number: number,
    ShortText: short_text,
}
