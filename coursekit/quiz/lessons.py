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
    """All questionnaires of a folder, by default those of the lessons, in the order of their names.

    Raises:
        CourseError: One can't be read, or has mistakes.
    """
    return [read(path) for path in sorted((within or folder()).glob(f"*{ENDING}"))]


def path_of(lesson: int) -> Path:
    """The questionnaire of a lesson, by its number.

    Raises:
        CourseError: The lesson has none.
    """
    path = folder() / f"{lesson:02}{ENDING}"
    if not path.is_file():
        raise CourseError(f"Lesson {lesson} has no questions. Name another, or a file.")
    return path
