"""A questionnaire as the Markdown file that it is read from."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from coursekit.quiz.kinds import (
    Code,
    FreeText,
    MatchPairs,
    Number,
    OneChoice,
    PutInOrder,
    SeveralChoices,
    ShortText,
)
from coursekit.quiz.questionnaire import FORMAT, Question, Questionnaire


def markdown(it: Questionnaire) -> str:
    """The file's text; reading it gives equal questions."""
    front = {"id": it.id, "format": FORMAT, "title": it.title}
    parts = [f"---\n{as_yaml(front)}---"]
    section = ""
    for question in it.questions:
        if question.section and question.section != section:
            section = question.section
            parts.append(f"# {section}")
        parts.append(one(question, section))
    return "\n\n".join(parts) + "\n"


def one(it: Question, section: str) -> str:
    """A question as it stands below the heading of `section`."""
    about: dict[str, Any] = {"kind": it.kind.name}
    about |= {"section": it.section} if it.section != section else {}
    about |= {"difficulty": it.difficulty} if it.difficulty != 1 else {}
    about |= {"tags": list(it.tags)} if it.tags else {}
    about |= {"source": it.source} if it.source else {}
    fields, below, parts = WRITERS[type(it.kind)](it.kind)
    written = [f"## {it.id}", f"```yaml\n{as_yaml(about | fields)}```", it.text]
    written += [below] if below else []
    written += [f"### {name}\n\n{text}" for name, text in parts]
    written += [f"### Hint\n\n{hint}" for hint in it.hints]
    return "\n\n".join([*written, f"### Explanation\n\n{it.explanation}"])


def as_yaml(values: dict[str, Any]) -> str:
    """Values as YAML, short lists in a line."""
    text: str = yaml.safe_dump(
        values, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
    )
    return text


Written = tuple[dict[str, Any], str, list[tuple[str, str]]]
"""What a kind adds to the YAML, what stands below the question's words, and its own parts."""


def choices(kind: OneChoice | SeveralChoices) -> Written:
    """The list of choices."""
    lines = [line for choice in kind.choices for line in choice_lines(choice)]
    return {}, "\n".join(lines), []


def choice_lines(choice: Any) -> Iterator[str]:
    """A choice, and below it what is said to whoever errs about it."""
    yield entry(f"- [{'x' if choice.right else ' '}]", choice.text)
    if choice.feedback:
        yield textwrap.indent(choice.feedback, "  > ", lambda _: True)


def entry(bullet: str, text: str) -> str:
    """An entry of a list; its further lines are indented."""
    return f"{bullet} " + textwrap.indent(text, "  ").lstrip()


def number(kind: Number) -> Written:
    """An answer with its tolerance, or a range."""
    within = kind.within
    unit = {"unit": kind.unit} if kind.unit else {}
    if within.exact is None:
        return {"range": [within.low, within.high], **unit}, "", []
    tolerance = {"tolerance": within.tolerance} if within.tolerance else {}
    return {"answer": within.exact, **tolerance, **unit}, "", []


def short_text(kind: ShortText) -> Written:
    """What is accepted, and how strictly."""
    fields: dict[str, Any] = {"accept": list(kind.accept)}
    fields |= {"typos": kind.typos} if kind.typos else {}
    fields |= {"case": True} if kind.case else {}
    fields |= {"wrong": dict(kind.wrong)} if kind.wrong else {}
    return fields, "", []


def free(kind: FreeText) -> Written:
    """The model answer and the rubric."""
    rubric = "\n".join(entry("-", point) for point in kind.rubric)
    return {}, "", [("Model answer", kind.model), ("Rubric", rubric)]


def order(kind: PutInOrder) -> Written:
    """The numbered list."""
    return {}, "\n".join(entry(f"{n}.", item) for n, item in enumerate(kind.items, 1)), []


def pairs(kind: MatchPairs) -> Written:
    """The table."""
    rows = [("what", "belongs to"), ("---", "---"), *kind.pairs]
    lines = (f"| {cell(left)} | {cell(right)} |" for left, right in rows)
    return {}, "\n".join(lines), []


def cell(text: str) -> str:
    """A text as a table's cell, which is one line."""
    return " ".join(text.split()).replace("|", "\\|")


def code(kind: Code) -> Written:
    """The condition."""
    return {"check": kind.check}, "", []


WRITERS: dict[type, Callable[[Any], Written]] = {
    OneChoice: choices,
    SeveralChoices: choices,
    Number: number,
    ShortText: short_text,
    FreeText: free,
    PutInOrder: order,
    MatchPairs: pairs,
    Code: code,
}
