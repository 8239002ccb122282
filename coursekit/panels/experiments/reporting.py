"""A comparison as files: the report, its pictures, all in one where that is wanted."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from coursekit.core import paths
from coursekit.core.errors import CourseError, unwritten
from coursekit.panels.experiments.model import ExperimentsModel
from coursekit.panels.experiments.pictures import curves
from coursekit.scores.compare import titles
from coursekit.scores.report import as_markdown

Files = Mapping[str, bytes]


class NothingChosen(CourseError):
    """A report of no run."""

    def __init__(self) -> None:
        super().__init__(
            "No run is chosen, so there is nothing to report. Choose some first: in the list, or "
            "with experiments.compare(1, 2)."
        )


class AlreadyThere(CourseError):
    """A file that would be written over."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is there already, so nothing was written. Choose another name, or write over "
            "it with replace=True."
        )


class NotWritten(CourseError):
    """A file that could not be written."""

    def __init__(self, path: Path, error: OSError) -> None:
        why = unwritten(error)
        super().__init__(f"{path} can't be written ({why}). Choose another place.")


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


def as_bytes(csv: str) -> bytes:
    """A table as a file whose letters a spreadsheet knows without being told."""
    return csv.encode("utf-8-sig", "replace")


def zipped(files: Files) -> bytes:
    """Files in one."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def write(path: Path | str, files: Callable[[str], Files], replace: bool = False) -> Path:
    """Writes the files beside each other, or into `path` where that is a zip; see `put`.

    Args:
        path: `NAME.md` or `NAME.zip`; anything else gets `.md` added.
        files: Makes them, by the name of the report without an ending.
        replace: Whether files that are there already are written over.

    Returns:
        Where the report is.

    Raises:
        AlreadyThere: One of them is.
        NotWritten: They can't be.
    """
    path = Path(path).expanduser()
    path = path if path.suffix.lower() in (".md", ".zip") else path.with_name(f"{path.name}.md")
    name = as_file_name(path.stem)
    made = dict(files(name))
    if path.suffix.lower() == ".zip":
        put({path: zipped(made)}, replace)
    else:
        report = made.pop(f"{name}.md")
        put({path: report} | {path.parent / it: made[it] for it in made}, replace)
    return path


def put(files: Mapping[Path, bytes], replace: bool = False) -> None:
    """Writes all of these files, or none where one is there already; their folders are made.

    Raises:
        AlreadyThere: One is, and `replace` does not say to write over it.
        NotWritten: They can't be written.
    """
    path = next(iter(files))
    try:
        if there := [] if replace else [it for it in files if it.exists()]:
            raise AlreadyThere(there[0])
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with paths.replacing(path) as temporary:
                temporary.write_bytes(content)
    except OSError as error:
        raise NotWritten(path, error) from error
