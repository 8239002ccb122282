"""The data block: how items are found, labelled, split and transformed, said once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Unpack

from coursekit.core.errors import CourseError
from coursekit.core.wording import Text, listing, plural
from coursekit.data.items import get_image_files, parent_label
from coursekit.data.split import RandomSplitter, Splitter
from coursekit.vision.data import ImageDataLoaders, LoaderOptions, described
from coursekit.vision.items import Label
from coursekit.vision.table import LabelTable, label_table
from coursekit.vision.transforms import upright_rgb


@dataclass(frozen=True)
class ImageBlock:
    """What goes in is a photo."""


@dataclass(frozen=True)
class CategoryBlock:
    """What comes out is one label of several.

    Attributes:
        vocab: The labels in an order of your own; default: those that there are, sorted.
    """

    vocab: Sequence[Label] | None = None


@dataclass(frozen=True)
class DataBlock:
    """How to get from a source, such as a folder, to batches of photos and labels.

    Attributes:
        blocks: What goes in and what comes out.
        get_items: Gives the items of a source.
        splitter: Gives the indices to train on and those to validate on.
        get_y: Gives an item's label; default: the name of its folder.
        item_tfms: One `Resize` or `RandomResizedCrop`; default: `Resize(224)`.
        batch_tfms: Random variations for training, and `Normalize`.

    Example:
        >>> block = DataBlock(get_y=parent_label, item_tfms=Resize(28))
        >>> dls = block.dataloaders(untar_data(URLs.DIGITS, progress=False))
        >>> dls.vocab
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
    """

    blocks: Sequence[Any] = (ImageBlock, CategoryBlock)
    get_items: Callable[[Any], Iterable[Path | str]] = get_image_files
    splitter: Splitter = field(default_factory=RandomSplitter)
    get_y: Callable[[Any], Any] = parent_label
    item_tfms: Any = None
    batch_tfms: Any = None

    def __post_init__(self) -> None:
        made = tuple(block() if isinstance(block, type) else block for block in self.blocks)
        object.__setattr__(self, "blocks", made)
        if [type(block) for block in made] != [ImageBlock, CategoryBlock]:
            raise CourseError(
                "A DataBlock makes photos with one label each: "
                "its blocks are (ImageBlock, CategoryBlock)."
            )

    def new(self, item_tfms: Any = None, batch_tfms: Any = None) -> DataBlock:
        """A copy with other transforms; None keeps the present ones."""
        given = {"item_tfms": item_tfms, "batch_tfms": batch_tfms}
        return replace(self, **{name: each for name, each in given.items() if each is not None})

    def dataloaders(
        self, source: Any, test_pct: float = 0.0, **options: Unpack[LoaderOptions]
    ) -> ImageDataLoaders:
        """Batches of the photos of `source`.

        Args:
            source: What `get_items` takes: mostly a folder.
            test_pct: The share of photos to keep away for `learn.final_test()`.
            options: `bs`, `num_workers`, `device`.

        Raises:
            CourseError: There are no photos, `get_y` fails, there is one class only, or nothing is
                left to train or to validate on.
        """
        table = self._table(source, test_pct)
        return ImageDataLoaders(table, self.item_tfms, self.batch_tfms, **options)

    def summary(self, source: Any, bs: int = 64) -> Text:
        """What happens to the photos of `source`, step by step, with the first as an example.

        Raises:
            CourseError: A step fails.
        """
        table = self._table(source)
        dls = ImageDataLoaders(table, self.item_tfms, self.batch_tfms, bs=bs)
        batch = _batch(dls)  # tells which photos can be read
        steps = [*self._before(table), *_first(table, dls), *batch]
        return Text("\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1)))

    def _table(self, source: Any, test_pct: float = 0.0) -> LabelTable:
        path = source if isinstance(source, str | Path) else "."
        items = list(self.get_items(source))
        return label_table(path, items, self.get_y, self.splitter, self.blocks[1].vocab, test_pct)

    def _before(self, table: LabelTable) -> list[str]:
        train, valid = len(table.parts["train"]), len(table.parts["valid"])
        return [
            f"{_name(self.get_items)} finds {plural(len(table.items), 'photo')} in {table.path}.",
            f"{_name(self.splitter)} takes {train:,} to train and {valid:,} to validate on.",
            f"{_name(self.get_y)} makes {plural(len(table.vocab), 'label')}, the vocab: "
            f"{listing(table.vocab, most=12)}.",
        ]


def _first(table: LabelTable, dls: ImageDataLoaders) -> list[str]:
    dataset = dls.train.dataset
    place = next(i for i in range(len(dataset)) if i not in dataset.unreadable)
    index = table.parts["train"][place]
    image, target = upright_rgb(table.items[index]), table.targets[index]
    height, width, _ = dataset[place][0].shape
    return [
        f"The first to train on is {table.name(index)}: {image.width} x {image.height} pixels "
        "when it is upright and RGB.",
        f"Its label is {table.vocab[target]!r}, number {target} of the vocab.",
        f"{_words(dataset.transform)} makes it {width} x {height} pixels, "
        "whole numbers from 0 to 255.",
    ]


def _batch(dls: ImageDataLoaders) -> list[str]:
    indices = range(min(dls.train.bs, len(dls.train.dataset)))
    batch = dls.train.batch(indices)
    if batch is None:
        raise CourseError("There is no photo in the first batch that can be read.")
    x, y = batch
    mean, std = ([round(value, 3) for value in values] for values in dls.train.stats)
    return [
        f"{len(x):,} such photos and labels make a batch; its numbers are divided by 255.",
        *(
            f"{_words(each)} varies each photo by chance, in training."
            for each in dls.train.batch_tfms
        ),
        f"Normalize takes the mean {mean} from red, green and blue and divides by {std}"
        + ("." if dls.normalized else "; a learner sets what its architecture needs."),
        f"The network gets x, {_kind(x)}, and y, {_kind(y)}.",
    ]


def _kind(tensor: Any) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} of shape {tuple(tensor.shape)}"


def _words(transform: Any) -> str:
    settings = described(transform)
    name = settings.pop("name")
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in settings.items())})"


def _name(function: Any) -> str:
    """A function by its name, an object as it shows itself."""
    return getattr(function, "__name__", "") or repr(function)
