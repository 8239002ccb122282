"""Whether two words are the same but for capitals, signs and typing errors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz.distance import OSA

SIGNS = re.compile(r"[\s\-_\u2010-\u2014\u2018\u2019\u201c\u201d'\"`.,;:!?()]+")
LONGEST = 200


def plain(text: str, case: bool = False) -> str:
    """The text with one space for all signs and spaces, and without capitals unless `case`."""
    spaced = SIGNS.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    return spaced if case else spaced.casefold()


def nearest(given: str, known: Iterable[str], typos: int, case: bool = False) -> str | None:
    """Which of `known` was meant; None where none is near enough.

    Args:
        given: What was typed.
        known: The words that may be meant; of two that are as near, the first.
        typos: So many letters may be missing, added, wrong or swapped with their neighbour.
        case: Whether capitals matter.

    Source: optimal string alignment distance, Boytsov, Indexing methods for approximate
    dictionary searching (2011).
    """
    typed = plain(given[:LONGEST], case)
    found, best = None, typos + 1
    for word in known:
        distance = OSA.distance(typed, plain(word, case), score_cutoff=typos)
        if distance < best:
            found, best = word, distance
    return found
