"""A folder of photos as people have it: where its labels come from, and the split it may bring."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from coursekit.core.errors import CourseError
from coursekit.core.wording import percent, plural
from coursekit.data.items import (
    RegexLabeller,
    get_image_files,
    parent_label,
    replacing,
    using_attr,
)
from coursekit.data.split import FolderSplitter, RandomSplitter, Splitter

TRAIN, VALID, TEST = ("train", "training"), ("valid", "val", "validation"), ("test", "testing")
"""What folders of a published split are called."""

VALID_PCT = 0.2
"""The share of photos that judges where nothing else is said."""

SEED = 42
"""What the draw of those photos begins with where nothing else is said."""

IN_NAMES = (
    r"^(.+)_\d+", r"^(.+)-\d+", r"^(.+) \(?\d+", r"^(.+)\.\d+", r"^(\D+)\d+",
    r"^([^_]+)_", r"^([^-]+)-",
)  # fmt: skip
"""How file names carry labels, the most particular first: `great_pyrenees_173.jpg`, say."""

FEW = 2
"""So many photos a label there must be at least, or what was found is no label."""


class AllLeftOut(CourseError):
    """A choice that leaves out every photo."""

    def __init__(self, folder: Path, n: int) -> None:
        super().__init__(
            f"All of {plural(n, 'photo')} in {folder.name} are left out. Take some of them back."
        )


@dataclass(frozen=True)
class LabelledFolder:
    """Photos at any depth below a folder, and the rule for their labels.

    Attributes:
        folder: Where the photos are.
        label: A regular expression whose first group, searched in a file's name, is its label;
            None where the folder that a file lies in is its label.
        without: Files that are left out, relative to `folder`, with `/` on every system.
        same: Labels that are put together: (label, the one it becomes).
        valid_pct: The share of photos that judges, where no split was published.

    Example:
        >>> LabelledFolder(Path("pets"), same=(("Cat", "cat"),)).labeller("pets/Cat/1.jpg")
        'cat'
    """

    folder: Path
    label: str | None = None
    without: frozenset[str] = frozenset()
    same: tuple[tuple[str, str], ...] = ()
    valid_pct: float = VALID_PCT

    @property
    def labeller(self) -> Callable[[Path], Any]:
        """What gives a photo's path its label."""
        rule = using_attr(RegexLabeller(self.label), "name") if self.label else parent_label
        return replacing(rule, self.same) if self.same else rule

    def splitter(self, valid_pct: float | None = None, seed: int | None = None) -> Splitter:
        """Keeps the published split where there is one, else draws.

        Args:
            valid_pct: The share that judges; None for the one of this choice.
            seed: As for `RandomSplitter`.
        """
        if not self.valid:
            return RandomSplitter(self.valid_pct if valid_pct is None else valid_pct, seed)
        return FolderSplitter(self.folder, self.valid)

    @cached_property
    def train(self) -> str | None:
        """The name of the folder inside that is meant for training; None where all photos are."""
        found = self._first(TRAIN)
        return found if found and (self.valid or self.test) else None

    @cached_property
    def valid(self) -> str | None:
        """The name of the folder inside that is meant for validation, where there is one."""
        return self._first(VALID) if self._first(TRAIN) else None

    @cached_property
    def test(self) -> str | None:
        """The name of the folder inside that is meant for a last test; nothing here opens it."""
        return self._first(TEST) if self._first(TRAIN) else None

    def files(self) -> list[Path]:
        """The photos to train and to validate on.

        Raises:
            CourseError: There are none, or there is no such folder.
        """
        folders = [name for name in (self.train, self.valid) if name] if self.train else None
        files = get_image_files(self.folder, folders=folders)
        if not self.without:
            return files
        kept = [file for file in files if self.name(file) not in self.without]
        if not kept:
            raise AllLeftOut(self.folder, len(files))
        return kept

    def name(self, file: Path) -> str:
        """A file relative to the folder, with `/` on every system."""
        above = os.path.join(self.folder, "")  # noqa: PTH118 - with the separator; fast for many
        return str(file).removeprefix(above).replace(os.sep, "/")

    def split_in_words(self, valid_pct: float | None = None) -> str:
        """Which photos will judge the model, a sentence or two."""
        valid_pct = self.valid_pct if valid_pct is None else valid_pct
        if self.valid:
            judges = f"The photos in {self.valid} judge the model."
        else:
            judges = f"{percent(valid_pct, digits=0)} of them, drawn at random, judge the model."
        return f"{judges} The folder {self.test} is left alone." if self.test else judges

    def _first(self, names: Sequence[str]) -> str | None:
        return next((name for name in names if (self.folder / name).is_dir()), None)


def in_names(files: Sequence[Path]) -> tuple[str, list[str]] | None:
    r"""A regular expression that finds labels in file names, and these; None where none fits.

    Example:
        >>> in_names([Path("cat_1.jpg"), Path("cat_2.jpg"), Path("dog_1.jpg"), Path("dog_2.jpg")])
        ('^(.+)_\\d+', ['cat', 'dog'])
    """
    for pattern in IN_NAMES:
        found = [re.search(pattern, file.name) for file in files]
        labels = {it[1] for it in found if it}
        if all(found) and 1 < len(labels) <= len(files) / FEW:
            return pattern, sorted(labels)
    return None
