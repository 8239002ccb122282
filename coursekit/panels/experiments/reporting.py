"""A comparison as files: the report, its pictures, all in one where that is wanted."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from coursekit.core import paths
from coursekit.core.errors import CourseError, sentence
from coursekit.panels.experiments.model import ExperimentsModel
from coursekit.panels.experiments.pictures import curves
from coursekit.scores.compare import titles
from coursekit.scores.report import as_markdown

Files = Mapping[str, bytes]


class NothingChosen(CourseError):
    """A report of no run."""

    def __init__(self) -> None:
        super().__init__("No run is chosen, so there is nothing to report. Choose one or more.")


class NotWritten(CourseError):
    """A report that could not be written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} was not written: {why}")


def files_of(model: ExperimentsModel, name: str) -> dict[str, bytes]:
    """The chosen runs' report and its pictures, by their file names.

    Args:
        model: What is chosen there.
        name: The report's, without an ending; pictures' names begin with it.

    Raises:
        NothingChosen: No run is.
    """
    runs = model.compared
    if not runs:
        raise NothingChosen
    labelled = zip(titles(runs), map(model.curves, runs), strict=True)
    pictures = curves(list(labelled))
    names = {what: f"{name}-{as_file_name(what)}.png" for what in pictures}
    text = as_markdown(runs, names)
    return {f"{name}.md": text.encode()} | {names[what]: pictures[what] for what in pictures}


def as_file_name(words: str) -> str:
    """Words as a part of a file's name that needs no escape in a link."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "picture"


def zipped(files: Files) -> bytes:
    """Files in one."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def write(path: Path, files: Callable[[str], Files]) -> Path:
    """Writes the files beside each other, or into `path` where that is a zip.

    Args:
        path: `NAME.md` or `NAME.zip`; anything else gets `.md` added.
        files: Makes them, by the name of the report without an ending.

    Raises:
        NotWritten: They can't be.
    """
    path = path if path.suffix.lower() in (".md", ".zip") else path.with_name(f"{path.name}.md")
    name = as_file_name(path.stem)
    made = dict(files(name))
    try:
        if path.suffix.lower() == ".zip":
            with paths.replacing(path) as temporary:
                temporary.write_bytes(zipped(made))
            return path
        report = made.pop(f"{name}.md")
        for file, content in made.items():
            (path.parent / file).write_bytes(content)
        path.write_bytes(report)
    except OSError as error:
        raise NotWritten(path, sentence(error)) from error
    return path
