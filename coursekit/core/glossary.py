"""The field's words, each in one sentence of our own; kept in glossary.toml beside this file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """One word: a sentence, the lesson's section that shows it, other words for the same."""

    name: str
    says: str
    section: str
    also: tuple[str, ...] = ()


@cache
def terms() -> tuple[Term, ...]:
    """All terms, by name."""
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    made = [
        Term(name, t["says"], t["section"], tuple(t.get("also", ()))) for name, t in tables.items()
    ]
    return tuple(sorted(made, key=lambda term: term.name.lower()))


def term(name: str) -> Term | None:
    """The term of this name, or one of its other words; None if the glossary has it not.

    Capitals, hyphens and underscores do not matter.

    Example:
        >>> term("Learning_Rate").says
        'How far a step changes the weights: too small takes for ever, too large never arrives.'
    """
    return _by_word().get(_plain(name))


@cache
def _by_word() -> dict[str, Term]:
    others = {_plain(word): term for term in terms() for word in term.also}
    return others | {_plain(term.name): term for term in terms()}


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", " ", name).strip().lower()
