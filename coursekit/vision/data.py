"""Photos in: a labelled folder as batches to train, to validate and to test on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack

import torch
from PIL import Image
from torch import Tensor, nn

from coursekit.core.errors import CourseError
from coursekit.core.wording import listing
from coursekit.data.items import RegexLabeller, get_image_files, parent_label, using_attr
from coursekit.data.split import GrandparentSplitter, NotAsManyItems, RandomSplitter, Splitter
from coursekit.learn.figures import Plot
from coursekit.learn.loaders import DataLoaders
from coursekit.predict.preprocess import Preprocessing
from coursekit.vision.augment import Stats, batch_transforms
from coursekit.vision.items import ImageItems as ImageItems
from coursekit.vision.items import Label, say_left_out
from coursekit.vision.loader import ImageLoader as ImageLoader
from coursekit.vision.table import LabelTable, label_table
from coursekit.vision.transforms import item_transform, size_after, upright_rgb


class LoaderOptions(TypedDict, total=False):
    """What can be said wherever loaders are made.

    Attributes:
        bs: Photos a batch; 64.
        num_workers: Processes that read; 0 means threads of this one, which is right in notebooks.
        device: Where batches go; the GPU if there is one.
    """

    bs: int
    num_workers: int | None
    device: torch.device | str | None


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, and why."""

    name: str
    reason: str


class ImageDataLoaders(DataLoaders):
    """Photos with labels, as batches to train, to validate and, where wanted, to test on once.

    Made by one of the `from_` methods or by a `DataBlock`. All take these too:
    `item_tfms`, one `Resize` (default: 224 pixels) or `RandomResizedCrop`;
    `batch_tfms`, such as `aug_transforms()` and `Normalize`, of which the first is for training;
    `test_pct`, the share of photos to keep away for `learn.final_test()`; and `LoaderOptions`.

    Attributes:
        train: Training batches, shuffled.
        valid: Validation batches, in order.
        test: Batches for one last test, or None.
        vocab: The labels; a target is a number in it.
        table: Which photos there are, and how they are split.
        normalized: Whether `batch_tfms` said how to normalise.
    """

    train: ImageLoader
    valid: ImageLoader
    test: ImageLoader | None

    def __init__(
        self,
        table: LabelTable,
        item_tfms: Any = None,
        batch_tfms: Any = None,
        bs: int = 64,
        num_workers: int | None = 0,
        device: torch.device | str | None = None,
    ) -> None:
        self.table, self.vocab, self.path = table, table.vocab, table.path
        self.item_tfms, self.batch_tfms = item_transform(item_tfms), batch_tfms
        self.resize = size_after(batch_transforms(batch_tfms)[0], self.item_tfms)
        self.options = LoaderOptions(bs=bs, num_workers=num_workers, device=device)
        self.loss_func = nn.CrossEntropyLoss()
        test = self._loader("test") if table.parts["test"] else None
        super().__init__(self._loader("train"), self._loader("valid"), test, device)
        self.to(self.device)
        self.normalized = self.train.normalized
        self.wanted: Stats | None = None
        self.normalize(*self.train.stats)

    @classmethod
    def from_folder(
        cls,
        path: Path | str,
        train: str = "train",
        valid: str = "valid",
        valid_pct: float | None = None,
        seed: int | None = None,
        vocab: Sequence[Label] | None = None,
        item_tfms: Any = None,
        batch_tfms: Any = None,
        test_pct: float = 0.0,
        **options: Unpack[LoaderOptions],
    ) -> Self:
        """Photos in a folder for each class.

        Args:
            path: Has the folders `train` and `valid`, with class folders in both; with `valid_pct`
                it has class folders itself.
            train: The name of the folder to train on.
            valid: The name of the folder to validate on.
            valid_pct: The share of photos to validate on, drawn at random.
            seed: The same seed and names give the same split on every machine; None draws anew.
            vocab: The labels in an order of your own.
            item_tfms: Brings each photo to one size.
            batch_tfms: Random variations for training, and `Normalize`.
            test_pct: The share of photos to keep away.
            options: `bs`, `num_workers`, `device`.

        Raises:
            CourseError: There are no photos, no such folders, one class only, or nothing is left to
                train or to validate on.
        """
        splitter: Splitter
        if valid_pct is not None:
            files, splitter = get_image_files(path), RandomSplitter(valid_pct, seed)
        else:
            _check_folders(Path(path), train, valid)
            files = get_image_files(path, folders=[train, valid])
            splitter = GrandparentSplitter(train, valid)
        table = label_table(path, files, parent_label, splitter, vocab, test_pct)
        return cls(table, item_tfms, batch_tfms, **options)

    @classmethod
    def from_path_func(
        cls,
        path: Path | str,
        fnames: Iterable[Path | str],
        label_func: Callable[[Path], Any],
        valid_pct: float = 0.2,
        seed: int | None = None,
        item_tfms: Any = None,
        batch_tfms: Any = None,
        test_pct: float = 0.0,
        **options: Unpack[LoaderOptions],
    ) -> Self:
        """Photos that `label_func` labels, given the whole path of each.

        Args:
            path: The folder that the photos come from.
            fnames: Their files.
            label_func: Gives a text, a whole number, or True or False.
            valid_pct: The share of photos to validate on, drawn at random.
            seed: The same seed and names give the same split on every machine; None draws anew.
            item_tfms: Brings each photo to one size.
            batch_tfms: Random variations for training, and `Normalize`.
            test_pct: The share of photos to keep away.
            options: `bs`, `num_workers`, `device`.

        Raises:
            CourseError: There are no photos, `label_func` fails, there is one class only, or
                nothing is left to train or to validate on.
        """
        splitter = RandomSplitter(valid_pct, seed)
        table = label_table(path, fnames, label_func, splitter, None, test_pct)
        return cls(table, item_tfms, batch_tfms, **options)

    @classmethod
    def from_name_func(
        cls,
        path: Path | str,
        fnames: Iterable[Path | str],
        label_func: Callable[[str], Any],
        valid_pct: float = 0.2,
        seed: int | None = None,
        item_tfms: Any = None,
        batch_tfms: Any = None,
        test_pct: float = 0.0,
        **options: Unpack[LoaderOptions],
    ) -> Self:
        """Photos that `label_func` labels, given the name of each file; see `from_path_func`."""
        by_name = using_attr(label_func, "name")
        rest = valid_pct, seed, item_tfms, batch_tfms, test_pct
        return cls.from_path_func(path, fnames, by_name, *rest, **options)

    @classmethod
    def from_name_re(
        cls,
        path: Path | str,
        fnames: Iterable[Path | str],
        pat: str,
        valid_pct: float = 0.2,
        seed: int | None = None,
        item_tfms: Any = None,
        batch_tfms: Any = None,
        test_pct: float = 0.0,
        **options: Unpack[LoaderOptions],
    ) -> Self:
        """Photos labelled by the first group of `pat`, searched in the name of each file."""
        rest = valid_pct, seed, item_tfms, batch_tfms, test_pct
        return cls.from_name_func(path, fnames, RegexLabeller(pat), *rest, **options)

    @classmethod
    def from_lists(
        cls,
        path: Path | str,
        fnames: Iterable[Path | str],
        labels: Iterable[Any],
        valid_pct: float = 0.2,
        seed: int | None = None,
        item_tfms: Any = None,
        batch_tfms: Any = None,
        test_pct: float = 0.0,
        **options: Unpack[LoaderOptions],
    ) -> Self:
        """Photos and their labels, one for one; names are looked up in `path`.

        Raises:
            CourseError: There are more of the one than of the other, or as `from_path_func` says.
        """
        files, given = [Path(path) / name for name in fnames], list(labels)
        if len(files) != len(given):
            raise NotAsManyItems("labels", len(given), len(files))
        splitter = RandomSplitter(valid_pct, seed)
        in_turn = iter(given)
        table = label_table(path, files, lambda _: next(in_turn), splitter, None, test_pct)
        return cls(table, item_tfms, batch_tfms, **options)

    @property
    def c(self) -> int:
        """The number of classes."""
        return len(self.vocab)

    @property
    def skipped(self) -> list[Skipped]:
        """The files that turned out to be unreadable so far."""
        return [
            Skipped(self.table.name(self.table.parts[part][index]), reason)
            for part, loader in self._loaders().items()
            for index, reason in sorted(loader.dataset.unreadable.items())
        ]

    @property
    def preprocessing(self) -> Preprocessing:
        """What happens to a photo in validation, and in prediction after export."""
        mean, std = ((float(r), float(g), float(b)) for r, g, b in self.valid.stats)
        return replace(self.resize.preprocessing, mean=mean, std=std)

    @property
    def digest(self) -> str:
        """A digest of `labels_table`, the same in whatever order the folder lists its files."""
        return self.table.digest

    @property
    def source(self) -> str:
        """Where the photos are from: a catalogue's id, or a folder's name."""
        return self.table.source

    @property
    def task(self) -> str:
        """What a board of these photos is called."""
        return self.table.task

    @property
    def counts(self) -> dict[str, int]:
        """How many photos train, validate and test."""
        return {part: len(indices) for part, indices in self.table.parts.items()}

    def labels_table(self) -> list[tuple[str, Label, str]]:
        """(file relative to `path`, label, train or valid or test) of each photo."""
        return self.table.rows()

    def recipe(self) -> dict[str, Any]:
        """What someone needs to make the same batches of the same photos, as JSON values."""
        train = self.train
        return {
            "kind": "images",
            "source": self.source,
            "task": self.task,
            "digest": self.digest,
            "counts": self.counts,
            **(self.table.named() or {"labels": self.labels_table(), "vocab": self.vocab}),
            "item_tfms": [described(self.item_tfms)],
            "batch_tfms": [described(each) for each in train.batch_tfms],
            "preprocessing": self.preprocessing.to_json(),
            "bs": train.bs,
        }

    def normalized_for(self, mean: Sequence[float], std: Sequence[float]) -> Self:
        """These batches normalised as a network wants them, unless the user said how.

        A copy that shares the photos, where a network that wants them otherwise has them already.
        """
        if self.normalized:
            return self
        wanted = (tuple(mean), tuple(std))
        dls = self if self.wanted in (None, wanted) else self._copied()
        dls.wanted = wanted
        dls.normalize(mean, std)
        return dls

    def _copied(self) -> Self:
        other = copy.copy(self)
        other.train, other.valid = copy.copy(self.train), copy.copy(self.valid)
        other.test = copy.copy(self.test)
        return other

    def normalize(self, mean: Sequence[float], std: Sequence[float]) -> None:
        """Sets the mean and standard deviation that batches are normalised with from now on.

        A learner calls it with what its architecture needs, unless `normalized`.
        """
        for loader in self._loaders().values():
            loader.stats = (tuple(mean), tuple(std))

    def to(self, device: torch.device | str) -> Self:
        """Sends batches to `device` from now on."""
        super().to(device)
        for loader in self._loaders().values():
            loader.device = self.device
        return self

    def one_batch(self) -> tuple[Tensor, Tensor]:
        """The first training batch, on the device."""
        batch: tuple[Tensor, Tensor] = super().one_batch()
        self.train.dataset.say_left_out()
        return batch

    def new(self, item_tfms: Any = None, batch_tfms: Any = None) -> Self:
        """The same photos with the same split through other transforms; None keeps the present."""
        item_tfms = self.item_tfms if item_tfms is None else item_tfms
        batch_tfms = self.batch_tfms if batch_tfms is None else batch_tfms
        return type(self)(self.table, item_tfms, batch_tfms, **self.options)

    def show_batch(
        self,
        max_n: int = 9,
        nrows: int | None = None,
        ncols: int | None = None,
        unique: bool = False,
    ) -> Plot:
        """Training photos with their labels, as the network gets them; see `show.show_batch`."""
        return self.train.show_batch(max_n, nrows, ncols, unique)

    def say_left_out(self) -> None:
        """Warns of files that turned out to be unreadable since the last warning."""
        say_left_out(*(loader.dataset for loader in self._loaders().values()))

    def input_of(self, item: Path | str | bytes | Image.Image) -> Tensor:
        """One photo as a batch (1, 3, height, width), as in validation.

        Raises:
            CourseError: It cannot be read.
        """
        preprocessing = self.preprocessing
        image = upright_rgb(item, preprocessing.at_least)
        return torch.from_numpy(preprocessing.tensor(image))[None]

    def _loaders(self) -> dict[str, ImageLoader]:
        loaders = {"train": self.train, "valid": self.valid, "test": self.test}
        return {part: loader for part, loader in loaders.items() if loader is not None}

    def _loader(self, part: str) -> ImageLoader:
        table, indices = self.table, self.table.parts[part]
        training = part == "train"
        dataset = ImageItems(
            [table.items[index] for index in indices],
            [table.targets[index] for index in indices],
            self.item_tfms if training else self.resize,
            table.vocab,
            self.resize,
            judging=part == "valid",
        )
        bs, workers = self.options["bs"], self.options["num_workers"]
        tfms = self.batch_tfms if training else None
        return ImageLoader(dataset, bs, shuffle=training, num_workers=workers, batch_tfms=tfms)


def described(transform: Any) -> dict[str, Any]:
    """A transform by its name and arguments, as JSON values."""
    settings = {
        name: value
        for name, value in vars(transform).items()
        if name != "training" and isinstance(value, str | int | float | bool | tuple | list)
    }
    return {"name": type(transform).__name__, **settings}


def _check_folders(path: Path, train: str, valid: str) -> None:
    missing = [name for name in (train, valid) if not (path / name).is_dir()]
    if path.is_dir() and missing:
        raise CourseError(
            f"{path} has no folder {listing(missing, joint='or')}. Give valid_pct=0.2 to validate "
            "on a fifth of the photos, or name the folders with train= and valid=."
        )
