"""Which items train a model and which validate it: fast.ai's splitters, without numpy.

A splitter takes the items and gives two lists of indices, training and validation. Those that
draw at random decide by a digest of the seed and each item's name, so the same seed and names give
the same split on every machine, in whatever order a folder lists them.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.core.errors import CourseError

Split = tuple[list[int], list[int]]
Splitter = Callable[[Sequence[Any]], Split]


class NoSuchShare(CourseError):
    """A share of the items that is not between 0 and 1."""

    def __init__(self, name: str, value: float) -> None:
        super().__init__(f"{name} is {value}; give a share from 0 to 1, such as 0.2 for a fifth.")


class EmptySplit(CourseError):
    """A splitter that leaves nothing to train or to validate on."""

    def __init__(self, part: str, n: int, why: str) -> None:
        super().__init__(f"None of {n:,} items is for {part}: {why}. Check the names.")


class NotAsManyItems(CourseError):
    """Something given for each item, of another length."""

    def __init__(self, what: str, given: int, n: int) -> None:
        super().__init__(f"{what} has {given:,} values for {n:,} items; give one for each item.")


@dataclass(frozen=True)
class RandomSplitter:
    """Draws `int(valid_pct * n)` items for validation.

    Args:
        valid_pct: The share for validation, 0 to 1.
        seed: The same seed and names give the same split on every machine; None draws anew.

    Example:
        >>> RandomSplitter(valid_pct=0.4, seed=42)(["a", "b", "c", "d", "e"])
        ([0, 3, 4], [1, 2])
    """

    valid_pct: float = 0.2
    seed: int | None = None

    def __post_init__(self) -> None:
        _check_share("valid_pct", self.valid_pct)

    def __call__(self, items: Sequence[Any]) -> Split:
        chosen = drawn(items, int(self.valid_pct * len(items)), self.seed)
        return _parted(len(items), chosen)


@dataclass(frozen=True)
class TrainTestSplitter:
    """Draws a share of each class, so that both parts have the classes in the same proportion.

    Args:
        test_size: The share for validation, 0 to 1.
        random_state: The seed, as for `RandomSplitter`.
        stratify: The label of each item, in order; None draws from all together.
    """

    test_size: float = 0.2
    random_state: int | None = None
    stratify: Sequence[Hashable] | None = None

    def __post_init__(self) -> None:
        _check_share("test_size", self.test_size)

    def __call__(self, items: Sequence[Any]) -> Split:
        labels = self.stratify if self.stratify is not None else [None] * len(items)
        if len(labels) != len(items):
            raise NotAsManyItems("stratify", len(labels), len(items))
        left = {label: round(self.test_size * n) for label, n in Counter(labels).items()}
        chosen: list[int] = []
        for index in drawn(items, len(items), self.random_state):
            if left[labels[index]]:
                left[labels[index]] -= 1
                chosen.append(index)
        return _parted(len(items), chosen)


@dataclass(frozen=True)
class GrandparentSplitter:
    """By the folder above the class folders: `train/cat/1.jpg` trains, `valid/cat/2.jpg` validates.

    Args:
        train_name: The folder's name, or several.
        valid_name: The same for validation.

    Raises:
        EmptySplit: When called, if no item lies in one of the two.
    """

    train_name: str | tuple[str, ...] = "train"
    valid_name: str | tuple[str, ...] = "valid"

    def __call__(self, items: Sequence[Any]) -> Split:
        names = [Path(item).parent.parent.name for item in items]
        train = self._those(names, self.train_name, "training")
        return train, self._those(names, self.valid_name, "validation")

    def _those(self, names: list[str], wanted: str | tuple[str, ...], part: str) -> list[int]:
        several = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        found = [i for i, name in enumerate(names) if name in several]
        if not found:
            where = " or ".join(repr(name) for name in several)
            raise EmptySplit(part, len(names), f"none lies two folders below {where}")
        return found


@dataclass(frozen=True)
class FolderSplitter:
    """By the first folder below `path`: what lies in the one called `valid` is for validation."""

    path: Path
    valid: str

    def __call__(self, items: Sequence[Any]) -> Split:
        chosen = [Path(item).relative_to(self.path).parts[0] == self.valid for item in items]
        return MaskSplitter(chosen)(items)


@dataclass(frozen=True)
class IndexSplitter:
    """The items with these indices are for validation; a negative one counts from the end."""

    valid_idx: Iterable[int]

    def __call__(self, items: Sequence[Any]) -> Split:
        n = len(items)
        valid = [int(index) for index in self.valid_idx]
        for index in valid:
            if not -n <= index < n:
                raise CourseError(f"There is no item {index}: the {n:,} items count from 0.")
        return _parted(n, [index % n for index in valid])


@dataclass(frozen=True)
class EndSplitter:
    """The last items validate (the first, without `valid_last`): for items in order of time."""

    valid_pct: float = 0.2
    valid_last: bool = True

    def __post_init__(self) -> None:
        _check_share("valid_pct", self.valid_pct)

    def __call__(self, items: Sequence[Any]) -> Split:
        n = len(items)
        cut = int(self.valid_pct * n)
        return _parted(n, range(n - cut, n) if self.valid_last else range(cut))


@dataclass(frozen=True)
class FuncSplitter:
    """The items for which `func` is true are for validation."""

    func: Callable[[Any], bool]

    def __call__(self, items: Sequence[Any]) -> Split:
        return _parted(len(items), [i for i, item in enumerate(items) if self.func(item)])


@dataclass(frozen=True)
class MaskSplitter:
    """The items whose place in `mask` is true are for validation."""

    mask: Sequence[bool]

    def __call__(self, items: Sequence[Any]) -> Split:
        if len(self.mask) != len(items):
            raise NotAsManyItems("mask", len(self.mask), len(items))
        return _parted(len(items), [i for i, valid in enumerate(self.mask) if valid])


@dataclass(frozen=True)
class FileSplitter:
    """The items whose file names a text file lists, one a line, are for validation.

    Raises:
        CourseError: When called, if the list cannot be read.
        EmptySplit: When called, if it names none of the items.
    """

    fname: Path | str

    def __call__(self, items: Sequence[Any]) -> Split:
        try:
            listed = set(Path(self.fname).read_text(encoding="utf-8").split("\n"))
        except OSError as error:
            why = error.strerror or error
            raise CourseError(f"{self.fname} cannot be read ({why}). Check its name.") from error
        valid = [i for i, item in enumerate(items) if Path(item).name in listed]
        if not valid:
            raise EmptySplit("validation", len(items), f"{self.fname} names none of them")
        return _parted(len(items), valid)


def hold_out(items: Sequence[Any], test_pct: float) -> Split:
    """Draws a test set, the same whatever the seed of the validation split.

    Args:
        items: All items.
        test_pct: The share to keep away, 0 to 1.

    Returns:
        The indices of the rest, and of the test set: `int(test_pct * n)` of them.
    """
    _check_share("test_pct", test_pct)
    return _parted(len(items), drawn(items, int(test_pct * len(items)), "test set"))


def three_way(
    items: Sequence[Any], splitter: Splitter, test_pct: float = 0.0
) -> tuple[list[int], list[int], list[int]]:
    """Training, validation and test: the test set first, then the splitter on the rest.

    Returns:
        Three lists of indices into `items`; the third is empty without a `test_pct`.
    """
    rest, test = hold_out(items, test_pct)
    train, valid = splitter([items[i] for i in rest])
    return [rest[i] for i in train], [rest[i] for i in valid], test


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise NoSuchShare(name, value)


def drawn(items: Sequence[Any], n: int, seed: object) -> list[int]:
    """The indices of `n` items, drawn by the digests of the seed and their names."""
    salt = secrets.token_bytes(16) if seed is None else str(seed).encode()
    digests = [
        hashlib.blake2b(salt + b"\0" + name.encode(errors="surrogatepass"), digest_size=8).digest()
        for name in _names(items)
    ]
    return sorted(range(len(items)), key=lambda i: (digests[i], i))[:n]


def _names(items: Sequence[Any]) -> list[str]:
    """Paths relative to the folder they share, with `/`; anything else as text.

    So that a split depends neither on the machine's folders nor on its separators.
    """
    if not items or not all(isinstance(item, Path) for item in items):
        return [str(item) for item in items]
    texts = [str(item) for item in items]
    try:
        shared = os.path.commonpath({os.path.dirname(text) for text in texts})  # noqa: PTH120
    except ValueError:  # absolute and relative ones, or two drives
        return [text.replace(os.sep, "/") for text in texts]
    cut = len(shared.rstrip(os.sep)) + 1 if shared else 0
    return [text[cut:].replace(os.sep, "/") for text in texts]


def _parted(n: int, valid: Collection[int] | range) -> Split:
    """All other indices, and those for validation; both in the items' order."""
    chosen = set(valid)
    return [i for i in range(n) if i not in chosen], sorted(chosen)
