"""A questionnaire: the questions of a Markdown file, and every mistake in it.

What a file may have is said in docs/questions.md; `source` takes it apart.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from coursekit.core import fingerprint
from coursekit.core.errors import CourseError
from coursekit.core.wording import plural
from coursekit.quiz import source
from coursekit.quiz.kinds import Code, Kind
from coursekit.quiz.making import Maker, make
from coursekit.quiz.source import Mistake, Part, Source

FORMAT = 1
SAID = 5


class Mistakes(CourseError):
    """A file with mistakes in it, `mistakes`."""

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        first = "\n".join(f"{path.name}:{it}" for it in mistakes[:SAID])
        more = f"\nand {len(mistakes) - SAID} more." if len(mistakes) > SAID else ""
        count = plural(len(mistakes), "mistake")
        super().__init__(f"These questions have {count}.\n{first}{more}")
        self.mistakes = mistakes


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        id: Stays the same when its words change, so that what was answered stays known.
        text: What is asked, Markdown.
        kind: What answers it, and how they are graded.
        explanation: Why, Markdown.
        hints: At most three, Markdown, each saying more.
        section: The heading of the lesson that it comes from.
        difficulty: 1 to 3.
        tags: What it is about.
        source: Where the answer can be looked up, beside the lesson.
        line: Where it stands in its file.
    """

    id: str
    text: str
    kind: Kind
    explanation: str
    hints: tuple[str, ...] = ()
    section: str = ""
    difficulty: int = 1
    tags: tuple[str, ...] = ()
    source: str = ""
    line: int = field(default=0, compare=False)

    @cached_property
    def revision(self) -> str:
        """A digest of what is asked and what is right: another one, another question."""
        about = {"text": self.text, "kind": self.kind.name, **asdict(self.kind)}
        return fingerprint.of_bytes(json.dumps(about, sort_keys=True).encode())


@dataclass(frozen=True)
class Questionnaire:
    """The questions of a file, in its order."""

    id: str
    title: str
    questions: tuple[Question, ...]
    path: Path | None = field(default=None, compare=False)

    def __getitem__(self, id: str) -> Question:
        return self._by_id[id]

    def __len__(self) -> int:
        return len(self.questions)

    @property
    def sections(self) -> list[str]:
        """The sections that have questions, in order."""
        return list(dict.fromkeys(question.section for question in self.questions))

    def without(self, kind: type[Kind]) -> Questionnaire:
        """The questions of other kinds."""
        rest = tuple(it for it in self.questions if not isinstance(it.kind, kind))
        return replace(self, questions=rest)

    @property
    def apart(self) -> str:
        """Which of the questions a served page does not ask, see `asked_apart`."""
        return asked_apart(len(self), len(self) - len(self.without(Code)))

    @cached_property
    def _by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}


def asked_apart(questions: int, own: int) -> str:
    """Which of so many questions a page that is served does not ask, a sentence.

    "" where `own`, the number of those about a learner's variables, is 0.
    """
    are, them = ("is", "it") if own == 1 else ("are", "them")
    about = f"{are} about the learner's own variables, so notebooks alone ask {them}."
    return f"{own} of the {plural(questions, 'question')} {about}" if own else ""


def read(path: Path | str) -> Questionnaire:
    """The questionnaire in a file.

    Raises:
        Mistakes: There are some in it.
        CourseError: It cannot be read.
    """
    path = Path(path)
    found, mistakes = parse(text_of(path), path)
    if mistakes:
        raise Mistakes(path, mistakes)
    return found


def text_of(path: Path) -> str:
    """A file's text.

    Raises:
        CourseError: It cannot be read, or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CourseError(f"{path} can't be read ({(error.strerror or '').lower()}).") from None
    except UnicodeDecodeError as error:
        where = error.object[: error.start].count(b"\n") + 1
        raise CourseError(f"{path} is no UTF-8 text: see its line {where}.") from None


def parse(text: str, path: Path | None = None) -> tuple[Questionnaire, list[Mistake]]:
    """What a file's text holds, and every mistake in it, in the order of its lines."""
    front, sources = source.split(text)
    about, mistakes = _front(front)
    questions = []
    for it in sources:
        made, wrong = _question(it)
        mistakes += wrong
        if made:
            questions.append(made)
    if not sources:
        mistakes.append(Mistake(1, 1, "There is no question here. One begins as in ## its-id."))
    mistakes += _twice(sources)
    title = str(about.get("title") or about.get("id", ""))
    found = Questionnaire(str(about.get("id", "")), title, tuple(questions), path)
    return found, sorted(mistakes)


def _front(part: Part) -> tuple[dict[str, Any], list[Mistake]]:
    if not part.lines:
        says = "The file begins with a line ---, then id, format: 1 and title, then --- again."
        return {}, [Mistake(1, 1, says)]
    about, mistakes = source.fields(part)
    if mistakes:
        return about, mistakes
    if about.get("format") != FORMAT:
        says = f"format: {FORMAT} is the one that this version reads, not {about.get('format')!r}."
        mistakes.append(Mistake(*source.place_of(part, "format"), says))
    if not source.is_id(about.get("id")):
        mistakes.append(Mistake(*source.place_of(part, "id"), f"id: {source.IDS}"))
    return about, mistakes


def _twice(sources: list[Source]) -> list[Mistake]:
    seen: Counter[str] = Counter()
    found = []
    for it in sources:
        seen[it.id] += 1
        if seen[it.id] == 2:
            found.append(Mistake(it.line, 4, f"Another question is called {it.id}, too."))
    return found


def _question(it: Source) -> tuple[Question | None, list[Mistake]]:
    maker = Maker(it)
    kind = make(maker)
    about = maker.common()
    if kind is None or maker.mistakes:
        return None, maker.mistakes
    return Question(it.id, maker.text, kind, line=it.line, **about), []
