"""What a lesson asks for, from its file; and what is looked at to see that it was done."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from coursekit.core import deeds
from coursekit.core.errors import CourseError
from coursekit.core.wording import listing, plural
from coursekit.quiz.kinds import Code
from coursekit.quiz.lessons import folder, path_of
from coursekit.quiz.questionnaire import read
from coursekit.scores import board
from coursekit.store import answers
from coursekit.store.database import database

ENDING = "_homework.toml"
OPENS = (
    "workbench", "experiments", "board", "challenge", "quiz", "review", "lookup", "leaving"
)  # fmt: skip


class BadHomework(CourseError):
    """A lesson's list that can't be used."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"The homework {file.name} can't be read: {why}.")


@dataclass(frozen=True)
class Evidence:
    """Whether something was done, and what is known of it, a few words."""

    done: bool
    words: str = ""


@dataclass(frozen=True)
class Task:
    """One thing to do.

    Attributes:
        says: What, as a heading.
        why: A sentence more.
        check: What is looked at, one of `CHECKS`.
        opens: The panel to do it in, one of `OPENS`.
    """

    says: str
    why: str
    check: str
    opens: str


@dataclass(frozen=True)
class Homework:
    """A lesson's list, and the folder of lessons that it is from; None: those that come along."""

    lesson: int
    title: str
    tasks: tuple[Task, ...]
    within: Path | None = None

    @property
    def questions(self) -> Path:
        """The lesson's questionnaire."""
        if self.within is None:
            return path_of(self.lesson)
        return self.within / f"{self.lesson:02}_questions.md"

    def evidence(self, task: Task) -> Evidence:
        """Whether a task was done.

        Raises:
            CourseError: That can't be found out now.
        """
        return CHECKS[task.check](self)


def load(lesson: int, within: Path | None = None) -> Homework:
    """The list of a lesson.

    Args:
        lesson: Its number.
        within: The folder of the lessons; None: those that come along.

    Raises:
        BadHomework: There is none, or it has a mistake.
    """
    file = (within or folder()) / f"{lesson:02}{ENDING}"
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        tasks = tuple(Task(**it) for it in found["task"])
        made = Homework(lesson, found["title"], tasks, within)
    except OSError:
        raise BadHomework(file, "there is no such file") from None
    except tomllib.TOMLDecodeError as error:
        raise BadHomework(file, str(error)) from error
    except (KeyError, TypeError) as error:
        raise BadHomework(
            file, f"it takes a title, and tasks with says, why, check and opens ({error})"
        ) from error
    for task in made.tasks:
        if task.check not in CHECKS or task.opens not in OPENS:
            known = f"check is one of {', '.join(CHECKS)}; opens is one of {', '.join(OPENS)}"
            raise BadHomework(file, f"of {task.says!r}, {known}")
    return made


def _deed(name: str) -> Callable[[Homework], Evidence]:
    def look(_: Homework) -> Evidence:
        at = deeds.when(name)
        return Evidence(at is not None, f"{at.astimezone():%d %b %Y}" if at else "")

    return look


def _questions(homework: Homework) -> Evidence:
    """Done once each has an answer; those about own variables can't be asked everywhere."""
    path = homework.questions
    if not path.is_file():
        raise BadHomework(path, "the lesson's questions are missing")
    id, asked = _asked(path, path.stat().st_mtime)
    with database().reading() as session:
        me = answers.learner_id(session)
        done = answers.answered(session, me, id) & asked if me else set()
    return Evidence(done >= asked, f"{len(done)} of {plural(len(asked), 'question')} answered")


@lru_cache(maxsize=4)
def _asked(path: Path, _: float) -> tuple[str, frozenset[str]]:
    found = read(path).without(Code)
    return found.id, frozenset(question.id for question in found.questions)


def _beat_baseline(_: Homework) -> Evidence:
    with database().reading() as session:
        me = answers.learner_id(session)
        beaten = board.beaten(session, me) if me else set()
    return Evidence(bool(beaten), f"better than {listing(sorted(beaten))}" if beaten else "")


def _played(_: Homework) -> Evidence:
    with database().reading() as session:
        me = answers.learner_id(session)
        return Evidence(board.has_played(session, me) if me else False)


CHECKS: dict[str, Callable[[Homework], Evidence]] = {
    **{name: _deed(name) for name in deeds.DEEDS},
    "beat_baseline": _beat_baseline,
    "played": _played,
    "questions": _questions,
}
