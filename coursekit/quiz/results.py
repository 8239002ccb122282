"""One learner's results in a file: what they hand to a teacher. `report` merges them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from coursekit.core import paths
from coursekit.core.errors import CourseError, unwritten
from coursekit.quiz.questionnaire import Questionnaire
from coursekit.quiz.sitting import key_of
from coursekit.store import answers, naming
from coursekit.store.database import Database
from coursekit.store.tables import Attempt

FORMAT = 1
LARGEST = 20_000_000
"""Bytes of a file; ten thousand answers fill about a tenth of that."""

LONGEST = 120
"""Characters of an id."""

MOST_HINTS = 100


class NoResults(CourseError):
    """A file that holds no results as `coursekit quiz results` writes them."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} is left out: {why}.")
        self.path, self.why = path, why


@dataclass(frozen=True)
class Given:
    """An answer that was given, see `keeping.Tried`."""

    answer: Any
    share: float
    by_oneself: bool
    hints: int
    at: datetime


@dataclass(frozen=True)
class Results:
    """What one learner answered in one questionnaire.

    Attributes:
        path: The file.
        questionnaire: Its id.
        name: What the learner wants to be called; "" where they chose nothing.
        given: By question and revision, the earliest first. One without an answer is there, too.
    """

    path: Path
    questionnaire: str
    name: str
    given: Mapping[tuple[str, str], tuple[Given, ...]]

    @property
    def called(self) -> str:
        """The learner's name, else the file's."""
        return self.name or self.path.name

    @property
    def answers(self) -> int:
        """How many there are."""
        return sum(map(len, self.given.values()))


def of_learner(questionnaire: Questionnaire, database: Database) -> dict[str, Any]:
    """The results of whoever learns here, as written: no id, a name only if they chose one.

    Answers of an exam are among them once it was handed in.

    Raises:
        StoreError: The database can't be read.
    """
    rows: list[Attempt] = []
    with database.reading() as session:
        name = naming.name_of(session)
        if me := answers.learner_id(session):
            for exam in (False, True):
                rows += answers.attempts(session, me, key_of(questionnaire.id, exam))
    by_question: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for it in questionnaire.questions:
        by_question[it.id, it.revision] = []
    for row in sorted(rows, key=lambda it: it.at):
        by_question[row.question, row.revision].append(_as_written(row))
    questions = [
        {"id": id, "revision": revision, "attempts": tried}
        for (id, revision), tried in by_question.items()
    ]
    called = {"name": name} if name else {}
    about = {"format": FORMAT, "questionnaire": questionnaire.id}
    return {**about, **called, "questions": questions}


def _as_written(row: Attempt) -> dict[str, Any]:
    exam = {"exam": True} if row.exam else {}
    about = {"share": row.share, "answer": row.answer, "by_oneself": row.by_oneself}
    return {**about, "hints": row.hints, "at": row.at.isoformat(), **exam}


def write(results: Mapping[str, Any], path: Path) -> None:
    """Writes results into a file.

    Raises:
        CourseError: It can't be written.
    """
    try:
        paths.write_text(path, json.dumps(results, indent=1) + "\n")
    except OSError as error:
        why = unwritten(error)
        raise CourseError(f"{path} can't be written ({why}).") from None


def read(path: Path) -> Results:
    """The results in a file.

    Raises:
        NoResults: It can't be read, is damaged, or is something else.
    """
    try:
        return _results(path, _loaded(path))
    except _Wrong as error:
        raise NoResults(path, str(error)) from None


class _Wrong(Exception):
    """What is wrong with a file, a part of a sentence."""


def _loaded(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise _Wrong("it is far larger than results are")
        return json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_refuse)
    except OSError as error:
        raise _Wrong(f"it can't be read ({(error.strerror or '').lower()})") from None
    except (ValueError, RecursionError):  # a number of Python may be too long, too
        raise _Wrong("it is damaged, or no JSON at all") from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _results(path: Path, found: Any) -> Results:
    if not isinstance(found, dict) or not {"format", "questionnaire"} <= set(found):
        raise _Wrong("it holds no results of `coursekit quiz results`")
    if found["format"] != FORMAT or isinstance(found["format"], bool):
        raise _Wrong("a later version of coursekit wrote it, so install that one" if
                     _is(found["format"], int, lambda it: it > FORMAT)
                     else "its format is none that there is")  # fmt: skip
    given: dict[tuple[str, str], tuple[Given, ...]] = {}
    for row in _part(found, "questions", list):
        key = _id(row, "id"), _id(row, "revision")
        tried = [*given.get(key, ()), *map(_given, _part(row, "attempts", list))]
        given[key] = tuple(sorted(tried, key=lambda it: it.at))
    name = _part(found, "name", str, lambda it: len(it) <= LONGEST) if "name" in found else ""
    return Results(path, _id(found, "questionnaire"), name.strip(), given)


def _given(row: Any) -> Given:
    share = _part(row, "share", (int, float), lambda it: 0 <= it <= 1)
    hints = _part(row, "hints", int, lambda it: 0 <= it <= MOST_HINTS)
    if "answer" not in row:
        raise _Wrong("it is damaged: an answer is missing in it")
    return Given(row["answer"], float(share), _part(row, "by_oneself", bool), hints, _time(row))


def _time(row: Any) -> datetime:
    text = _part(row, "at", str, lambda it: len(it) <= LONGEST)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = datetime.min
    if found.tzinfo is None or not 2000 <= found.year <= 9000:  # compared without an overflow
        raise _Wrong("it is damaged: there is no time with its zone at an `at` in it")
    return found


def _id(row: Any, name: str) -> str:
    found: str = _part(row, name, str, lambda it: 0 < len(it) <= LONGEST)
    return found


def _part(row: Any, name: str, kind: Any, fits: Callable[[Any], bool] = lambda _: True) -> Any:
    """A part of a JSON object, which must be of a kind."""
    found = row.get(name) if isinstance(row, dict) else None
    if not _is(found, kind, fits):
        raise _Wrong(f"it is damaged: there is no {name} as it should be in it")
    return found


def _is(found: Any, kind: Any, fits: Callable[[Any], bool]) -> bool:
    truth = isinstance(found, bool) and kind is not bool
    return isinstance(found, kind) and not truth and fits(found)
