"""The questionnaires of the lessons that come along."""

from __future__ import annotations

from pathlib import Path

from coursekit.core.errors import CourseError
from coursekit.quiz.questionnaire import Questionnaire, read

PACKAGE = Path(__file__).parents[1]
ENDING = "_questions.md"


def folder() -> Path:
    """Where the lessons lie: in the installed package, or beside it where it is worked on."""
    packaged = PACKAGE / "lessons"
    return packaged if packaged.is_dir() else PACKAGE.parent / "lessons"


def questionnaires(within: Path | None = None) -> list[Questionnaire]:
    """All questionnaires of a folder, in the order of their names.

    Args:
        within: The folder, or a file of questions; None: those of the lessons.

    Raises:
        CourseError: There is none, or one can't be read, or has mistakes.
    """
    where = within or folder()
    if where.is_file():
        return [read(where)]
    found = sorted(where.glob(f"*{ENDING}"))
    if not found:
        raise CourseError(f"{where} has no file *{ENDING}. Name another folder, or a file.")
    return [read(path) for path in found]


def path_of(lesson: int) -> Path:
    """The questionnaire of a lesson, by its number.

    Raises:
        CourseError: The lesson has none.
    """
    path = folder() / f"{lesson:02}{ENDING}"
    if not path.is_file():
        raise CourseError(f"Lesson {lesson} has no questions. Name another, or a file.")
    return path
