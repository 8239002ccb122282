"""What is noted of a run in `notes.json` of its folder: a text, tags, what it is a copy of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from coursekit.core import paths
from coursekit.core.errors import CourseError, sentence

FILE, FORMAT = "notes.json", 1
LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 5000, 40, 20
"""Characters of a note and of a tag; tags of a run."""


class NotNoted(CourseError):
    """What was said of a run could not be kept."""

    def __init__(self, folder: Path, error: Exception) -> None:
        super().__init__(f"The note on the run {folder.name} was not kept: {sentence(error)}")


@dataclass(frozen=True)
class Notes:
    """What is known of a run besides what it did.

    Attributes:
        text: A note, of as many lines as one likes.
        tags: Words to find it by.
        copied_from: The run that this one repeats with a change; "": none.
        original: What that was called: it may be gone.
        change: What was changed, `epochs 1, now 3`.
        visitor: The browser that began it, a random word; "" in a notebook.
    """

    text: str = ""
    tags: tuple[str, ...] = ()
    copied_from: str = ""
    original: str = ""
    change: str = ""
    visitor: str = ""

    @property
    def origin(self) -> str:
        """`copied from resnet34, 1 epoch: epochs 1, now 3`; "" for a run that is no copy."""
        change = self.change or "nothing changed"
        return f"copied from {self.original}: {change}" if self.copied_from else ""


def read(folder: Path) -> Notes:
    """What a run's folder has; empty where it has nothing that can be read."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            return Notes()
        words = {name: str(said.get(name, "")) for name in asdict(Notes()) if name != "tags"}
        return Notes(**words, tags=as_tags(map(str, said.get("tags", ()))))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Notes()


def change(folder: Path, **changes: Any) -> Notes:
    """Keeps a changed copy of a run's notes.

    Raises:
        NotNoted: The folder is gone or can't be written.
    """
    if "text" in changes:
        changes["text"] = as_note(changes["text"])
    if "tags" in changes:
        changes["tags"] = as_tags(changes["tags"])
    made = replace(read(folder), **changes)
    try:
        paths.write_text(folder / FILE, json.dumps({"format": FORMAT} | asdict(made), indent=1))
    except OSError as error:
        raise NotNoted(folder, error) from error
    return made


def as_note(text: str) -> str:
    """A note as it is kept: without blank lines around it, not too long."""
    lines = "\n".join(line.rstrip() for line in writable(text).splitlines())
    return lines.strip("\n")[:LONGEST_NOTE]


def as_tags(words: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: each on one line, without a comma, once."""
    found: dict[str, str] = {}
    for word in words:
        tag = " ".join(writable(word).replace(",", " ").split())[:LONGEST_TAG].strip()
        if tag:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MOST_TAGS]


def writable(text: str) -> str:
    """Text that a file can hold: a page may send half a character."""
    return text.encode("utf-8", "replace").decode("utf-8")
