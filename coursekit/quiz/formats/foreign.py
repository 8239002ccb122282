"""What all readers of other formats share: files from anywhere, ids, and what ours can hold."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from coursekit.core.errors import CourseError
from coursekit.core.wording import file_size
from coursekit.quiz.questionnaire import Question, Questionnaire, parse, text_of
from coursekit.quiz.writing import markdown

LARGEST = 20_000_000
"""Bytes of a file; one with a hundred pictures has less."""

WIDEST = math.nextafter(math.inf, 0)
"""The largest number: stands for no end where a format has no infinity."""

NO_EXPLANATION = "No explanation was given."
ID_WORDS = 6
ID_LENGTH = 50


def text_in(path: Path) -> str:
    """A file's text, without a byte order mark.

    Raises:
        CourseError: It cannot be read, is too large, or no UTF-8.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise CourseError(f"{path} can't be read ({(error.strerror or '').lower()}).") from None
    if size > LARGEST:
        limit = file_size(LARGEST)
        raise CourseError(f"{path} is {file_size(size)}; {limit} at most are read. Split it.")
    return text_of(path).removeprefix("\ufeff")


def clean(text: str) -> str:
    """A text without what a file of ours cannot have: control characters, half characters."""
    whole = text.encode("utf-8", "replace").decode()  # JSON may have half of a pair
    lines = (line.rstrip() for line in whole.splitlines())
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", "\n".join(lines).replace("\t", "    ")).strip()


def slug(text: str) -> str:
    """A text as an id; "" where it has no letter that an id can have."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    return "-".join(words[:ID_WORDS])[:ID_LENGTH].strip("-")


class Unheld(Exception):
    """A question that ours cannot hold; its text says why."""


class Ids:
    """Gives ids, each once."""

    def __init__(self) -> None:
        self.given: set[str] = set()
        self.count: Counter[str] = Counter()

    def new(self, *candidates: str) -> str:
        """An id made of the first candidate that has letters."""
        base = next(filter(None, map(slug, candidates)), "question")
        id = base
        while id in self.given:
            self.count[base] += 1
            id = f"{base}-{self.count[base] + 1}"
        self.given.add(id)
        return id

    def keep(self, id: str) -> str:
        """The id as it is where nobody has it yet."""
        if id in self.given:
            return self.new(id)
        self.given.add(id)
        return id


def explanation(*said: str) -> str:
    """What was said of the right answer, each thing once."""
    return "\n\n".join(dict.fromkeys(filter(None, said))) or NO_EXPLANATION


def named_after(path: Path, questions: Iterable[Question]) -> Questionnaire:
    """A questionnaire that is called as its file."""
    return Questionnaire(slug(path.stem) or "questions", path.stem, tuple(questions), path)


def why_not(it: Questionnaire) -> str:
    """Why a questionnaire would not come back from a file of ours; "" where it would."""
    found, mistakes = parse(markdown(it))
    if mistakes:
        return f"Left out, for ours would say of it “{mistakes[0].says.rstrip('.')}”"
    return "" if found == it else "Left out, for ours would change its words"
