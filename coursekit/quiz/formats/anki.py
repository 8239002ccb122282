"""Questions as a text file that Anki imports; it has HTML, so ours is rendered here.

Source: the Anki manual, importing text files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from coursekit.core import fingerprint
from coursekit.core.wording import file_size
from coursekit.quiz import text
from coursekit.quiz.formats import contents
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.kinds import (
    Choice,
    FreeText,
    MatchPairs,
    Number,
    OneChoice,
    PutInOrder,
    SeveralChoices,
    ShortText,
)
from coursekit.quiz.questionnaire import Question, Questionnaire

HEAD = (
    "#separator:tab",
    "#html:true",
    "#columns:Id\tFront\tBack\tTags",
    "#guid column:1",
    "#notetype:Basic",
    "#tags column:4",
)
LARGEST = 100_000
"""Bytes of a picture within a card, which Anki sends whole whenever the card changes."""

PICTURE = re.compile(r'<img src="data:[^"]*" alt="([^"]*)">')
GAP = re.compile(r"\s+")
Html = Callable[[str], str]


def write(it: Questionnaire, losses: Losses) -> str:
    """The file's text: a line a card, by whose id Anki knows it when it is imported again."""
    beside = it.path.parent if it.path else None
    lines = []
    for question in it.questions:
        lost = partial(losses.add, id=question.id)
        if type(question.kind) in FRONTS:
            lines.append(card(it.id, question, partial(shown, beside=beside), lost))
        else:
            lost("Left out, a card can't look at variables")
    return "\n".join([*HEAD, *lines]) + "\n" if lines else ""


def card(of: str, it: Question, html: Html, lost: Callable[[str], None]) -> str:
    """A card: its id, front, back and tags."""
    lost("Anki grades nothing, whoever learns says how well it went")
    front = (
        html(it.text)
        + FRONTS[type(it.kind)](it, html)
        + "".join(map(partial(hint, html), it.hints))
    )
    back = solution(it, html) + html(it.explanation)
    back += f"<p>{escape(it.source)}</p>" if it.source else ""
    if contents.count(it, contents.PICTURE) > (front + back).count("<img "):
        limit = file_size(LARGEST)
        lost(f"Pictures over {limit}, or not beside the file, are left out; their words stay")
    return "\t".join([f"{of}.{it.id}", one_line(front), one_line(back), " ".join(tags(it))])


def shown(markdown: str, beside: Path | None) -> str:
    """Markdown as HTML, with pictures that are small."""
    return PICTURE.sub(small, text.html(markdown, beside))


def small(found: re.Match[str]) -> str:
    """A picture, or its words where it is large."""
    return found[0] if len(found[0]) * 3 / 4 <= LARGEST else f"<em>{found[1] or 'a picture'}</em>"


def one_line(html: str) -> str:
    """HTML without tabs and line ends; those in code are kept as characters that HTML has."""

    def kept(found: re.Match[str]) -> str:
        return found[0].replace("\n", "<br>").replace("\t", "    ")

    html = re.sub(r"<pre>.*?</pre>", kept, html.strip(), flags=re.DOTALL)
    return re.sub(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+", " ", html)


def tags(it: Question) -> list[str]:
    """Its tags, its section and its difficulty; Anki parts tags by spaces."""
    found = [*it.tags, *([f"section::{it.section}"] if it.section else [])]
    found += [f"difficulty::{it.difficulty}"] if it.difficulty != 1 else []
    return [GAP.sub("_", tag.strip()) for tag in found if tag.strip()]


def hint(html: Html, it: str) -> str:
    """A hint that opens."""
    return f"<details><summary>Hint</summary>{html(it)}</details>"


def shuffled(of: Question, things: Iterable[Any]) -> list[Any]:
    """Things in an order that says nothing, the same each time."""
    return sorted(things, key=lambda it: fingerprint.of_bytes(of.id.encode(), repr(it).encode()))


def items(tag: str, texts: Iterable[str]) -> str:
    """A list."""
    return f"<{tag}>{''.join(f'<li>{it}</li>' for it in texts)}</{tag}>"


def choices_front(it: Question, html: Html) -> str:
    """The choices."""
    kind: Any = it.kind
    return items("ul", [html(choice.text) for choice in shuffled(it, kind.choices)])


def order_front(it: Question, html: Html) -> str:
    """What is to be put in order."""
    kind: Any = it.kind
    return items("ul", map(html, shuffled(it, kind.items)))


def pairs_front(it: Question, html: Html) -> str:
    """The left sides, then the right ones."""
    kind: Any = it.kind
    lefts, rights = zip(*kind.pairs, strict=True)
    return items("ul", map(html, lefts)) + items("ul", map(html, shuffled(it, rights)))


def nothing(it: Question, html: Html) -> str:
    """A question that is its words alone."""
    return ""


FRONTS: dict[type, Callable[[Question, Html], str]] = {
    OneChoice: choices_front,
    SeveralChoices: choices_front,
    Number: nothing,
    ShortText: nothing,
    FreeText: nothing,
    PutInOrder: order_front,
    MatchPairs: pairs_front,
}


def solution(it: Question, html: Html) -> str:
    """The right answer, and what is said of wrong ones."""
    kind = it.kind
    shown = html(kind.solution())
    match kind:
        case OneChoice(choices) | SeveralChoices(choices):
            return shown + feedback(choices, html)
        case ShortText(wrong=wrong) if wrong:
            return shown + items(
                "ul", (f"{escape(word)}: {html(why)}" for word, why in wrong.items())
            )
        case FreeText(rubric=rubric):
            return shown + items("ul", map(html, rubric))
        case Number(within) if within.exact is not None and within.tolerance:
            return shown + html(f"{within.low:g} to {within.high:g} is right.")
        case _:
            return shown


def feedback(choices: Iterable[Choice], html: Html) -> str:
    """What is said of choices."""
    about = [f"{html(it.text)}{html(it.feedback)}" for it in choices if it.feedback]
    return items("ul", about) if about else ""
