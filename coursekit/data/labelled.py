"""A folder of photos as people have it: where its labels come from, and the split it may bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from coursekit.core.wording import percent
from coursekit.data.items import RegexLabeller, get_image_files, parent_label, using_attr
from coursekit.data.split import FuncSplitter, RandomSplitter, Splitter

TRAIN, VALID, TEST = ("train", "training"), ("valid", "val", "validation"), ("test", "testing")
"""What folders of a published split are called."""

VALID_PCT = 0.2
"""The share of photos that judges where nothing else is said."""


@dataclass(frozen=True)
class LabelledFolder:
    """Photos at any depth below a folder, and the rule for their labels.

    Attributes:
        folder: Where the photos are.
        label: A regular expression whose first group, searched in a file's name, is its label;
            None where the folder that a file lies in is its label.
    """

    folder: Path
    label: str | None = None

    @property
    def labeller(self) -> Callable[[Path], Any]:
        """What gives a photo's path its label."""
        return using_attr(RegexLabeller(self.label), "name") if self.label else parent_label

    def splitter(self, valid_pct: float = VALID_PCT, seed: int | None = None) -> Splitter:
        """Keeps the published split where there is one, else draws with `valid_pct` and `seed`."""
        if not self.valid:
            return RandomSplitter(valid_pct, seed)
        return FuncSplitter(lambda file: file.relative_to(self.folder).parts[0] == self.valid)

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
        return get_image_files(self.folder, folders=folders)

    def split_in_words(self, valid_pct: float = VALID_PCT) -> str:
        """Which photos will judge the model, a sentence or two."""
        if self.valid:
            judges = f"The photos in {self.valid} judge the model."
        else:
            judges = f"{percent(valid_pct, digits=0)} of them, drawn at random, judge the model."
        return f"{judges} The folder {self.test} is left alone." if self.test else judges

    def _first(self, names: Sequence[str]) -> str | None:
        return next((name for name in names if (self.folder / name).is_dir()), None)
