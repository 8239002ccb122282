"""Which photos there are, what each shows, and which of them train: before anything is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from coursekit.core import fingerprint
from coursekit.core.errors import CourseError
from coursekit.core.wording import plural
from coursekit.data import catalogue
from coursekit.data.again import split_recipe
from coursekit.data.items import get_image_files, label_recipe, labels
from coursekit.data.split import Splitter, three_way
from coursekit.vision.items import Label

MOST_WITHOUT = 200
"""Left-out photos that a recipe names; with more it has the whole table."""

PARTS = ("train", "valid", "test")


class OneClass(CourseError):
    """Photos that all have the same label."""

    def __init__(self, n: int, label: Label) -> None:
        super().__init__(
            f"{plural(n, 'photo')}, and no label but {label!r}: a classifier needs two classes at "
            "least. Check the folders or the label function."
        )


@dataclass(frozen=True)
class LabelTable:
    """Photos, their labels and the split.

    Attributes:
        path: The folder they come from.
        items: Files.
        targets: For each the number of its label in `vocab`.
        vocab: The labels, of one type.
        parts: For train, valid and test the indices of their items.
        labelled_by: The named function that made the labels; None if only its results are known.
        split_by: The named splitter and the share of the test set; None likewise.
    """

    path: Path
    items: list[Path]
    targets: list[int]
    vocab: list[Label]
    parts: dict[str, list[int]]
    labelled_by: dict[str, Any] | None = None
    split_by: dict[str, Any] | None = None

    def rows(self) -> list[tuple[str, Label, str]]:
        """(file relative to `path`, label, train or valid or test) of each photo."""
        return [
            (self.names[index], self.vocab[self.targets[index]], part)
            for part, indices in self.parts.items()
            for index in indices
        ]

    @cached_property
    def names(self) -> list[str]:
        """Each file as `name` has it; a start of a training asks for all of them."""
        return [self.name(index) for index in range(len(self.items))]

    def name(self, index: int) -> str:
        """A file relative to `path`, with `/` on every system."""
        item = self.items[index]
        return (item.relative_to(self.path) if item.is_relative_to(self.path) else item).as_posix()

    def named(self) -> dict[str, Any] | None:
        """How to make this table again from the folder; None where only `rows` can tell.

        Returns:
            `labels` and `split` by name; `folders`, the top folders that the photos lie in, or
            None for all; `without`, the photos there that are not in the table; `vocab`.
        """
        if not (self.labelled_by and self.split_by):
            return None
        names = set(self.names)
        tops = {name.partition("/")[0] for name in names if "/" in name}
        folders = sorted(tops) if all("/" in name for name in names) else None
        there = {str(file.relative_to(self.path).as_posix()) for file in self._found(folders)}
        without = sorted(there - names)
        if len(without) > MOST_WITHOUT or not names <= there:
            return None
        named = {"labels": self.labelled_by, "split": self.split_by, "vocab": self.vocab}
        return {**named, "folders": folders, "without": without}

    def _found(self, folders: list[str] | None) -> list[Path]:
        """The photos in the folder as it is now; none where it is gone."""
        try:
            return get_image_files(self.path, folders=folders)
        except CourseError:
            return []

    @cached_property
    def digest(self) -> str:
        """A digest of `rows`, the same in whatever order they are."""
        return fingerprint.of_labels(self.rows())

    @property
    def source(self) -> str:
        """Where the photos are from: a catalogue's id with the folder in it, or a folder's name."""
        return catalogue.source_of(self.path)

    @property
    def task(self) -> str:
        """What a board of these photos is called, see `catalogue.task_of`."""
        return catalogue.task_of(self.path, self.digest)


def label_table(
    path: Path | str,
    items: Iterable[Path | str],
    label: Callable[[Path], Any],
    splitter: Splitter,
    vocab: Sequence[Label] | None = None,
    test_pct: float = 0.0,
) -> LabelTable:
    """Labels and splits photos.

    Raises:
        CourseError: There is no photo, a label cannot be made, all labels are the same, or nothing
            is left to train or to validate on.
    """
    files = [Path(item) for item in items]
    if not files:
        raise CourseError(f"There are no photos to learn from in {path}. Check the folder.")
    made = [_plain(each, file) for each, file in zip(labels(files, label), files, strict=True)]
    words = list(vocab) if vocab else _vocab(made)
    if len(words) < 2:
        raise OneClass(len(files), words[0])
    parts = dict(zip(PARTS, three_way(files, splitter, test_pct), strict=True))
    _check_parts(parts, len(files))
    targets = _targets(made, words, files)
    named = split_recipe(splitter)
    split_by = {"splitter": named, "test_pct": test_pct} if named else None
    return LabelTable(Path(path), files, targets, words, parts, label_recipe(label), split_by)


def _plain(label: Any, file: Path) -> Label:
    """A label as Python's own str, bool or int, also where it came from numpy or pandas."""
    if not isinstance(label, str | bool | int) and hasattr(label, "item"):
        label = label.item()
    if isinstance(label, str):
        return str(label)
    if isinstance(label, bool | int):
        return label
    raise CourseError(
        f"The label of {file.name} is {label!r}. A label must be a text, a whole number, "
        "or True or False."
    )


def _vocab(made: Sequence[Label]) -> list[Label]:
    kinds = {type(label): label for label in made}
    if len(kinds) > 1:
        first, second, *_ = kinds.values()
        raise CourseError(
            f"Labels must all be of one kind, and both {first!r} and {second!r} are among them. "
            "Have the label function give texts only, say."
        )
    return sorted(set(made))


def _targets(made: Sequence[Label], vocab: Sequence[Label], files: Sequence[Path]) -> list[int]:
    numbers = {label: number for number, label in enumerate(vocab)}
    for label, file in zip(made, files, strict=True):
        if label not in numbers:
            raise CourseError(
                f"{file.name} has the label {label!r}, which the vocab lacks. Add it."
            )
    return [numbers[label] for label in made]


def _check_parts(parts: dict[str, list[int]], n: int) -> None:
    for part, purpose in (("train", "train"), ("valid", "validate")):
        if not parts[part]:
            raise CourseError(
                f"No photo of {plural(n, 'photo')} is left to {purpose} on. "
                "Take more photos, or split them in another way, such as valid_pct=0.2."
            )
