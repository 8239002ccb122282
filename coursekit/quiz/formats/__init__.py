"""Questionnaires in other formats, and what each of them cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from coursekit.core.errors import CourseError
from coursekit.core.paths import write_text
from coursekit.core.wording import listing
from coursekit.quiz import questionnaire, writing
from coursekit.quiz.formats import (
    anki,
    gift_reading,
    gift_writing,
    json_reading,
    json_writing,
)
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.questionnaire import Questionnaire

Way = TypeVar("Way")
NAMES = {
    ".md": "our Markdown",
    ".json": "jupyterquiz",
    ".gift": "Moodle's GIFT",
    ".txt": "Anki",
}


def read_ours(path: Path, losses: Losses) -> Questionnaire:
    """A file of ours, which has no losses."""
    return questionnaire.read(path)


def write_ours(it: Questionnaire, losses: Losses) -> str:
    """The text of a file of ours, which has no losses."""
    return writing.markdown(it) if it.questions else ""


READERS: dict[str, Callable[[Path, Losses], Questionnaire]] = {
    ".md": read_ours,
    ".json": json_reading.read,
    ".gift": gift_reading.read,
}
WRITERS: dict[str, Callable[[Questionnaire, Losses], str]] = {
    ".md": write_ours,
    ".json": json_writing.write,
    ".gift": gift_writing.write,
    ".txt": anki.write,
}


def convert(source: Path, target: Path) -> list[str]:
    """Writes the questions of a file as another one; the names' endings say in which formats.

    Args:
        source: `.md` (ours), `.json` (jupyterquiz) or `.gift` (Moodle).
        target: One of these, or `.txt` (Anki); what is there is replaced.

    Returns:
        A sentence for each thing that was lost, with the ids of the questions.

    Raises:
        Mistakes: The file has mistakes, each with its line and column.
        CourseError: It cannot be read or written, or nothing of it can be kept.
    """
    losses = Losses()
    reader = of_ending(source, READERS, "read")
    writer = of_ending(target, WRITERS, "written")
    text = writer(reader(source, losses), losses)
    if not text:
        why = " ".join(losses.sentences())
        raise CourseError(
            f"{source.name} has no question that {target.name} can hold. {why}".strip()
        )
    try:
        write_text(target, text)
    except OSError as error:
        raise CourseError(
            f"{target} can't be written ({(error.strerror or '').lower()})."
        ) from None
    return losses.sentences()


def of_ending(path: Path, ways: dict[str, Way], done: str) -> Way:
    """What reads or writes files of this ending."""
    found = ways.get(path.suffix.lower())
    if found is None:
        known = listing([f"{it} ({NAMES[it]})" for it in ways], joint="or")
        raise CourseError(f"{path.name} can't be {done}: its name should end in {known}.")
    return found
