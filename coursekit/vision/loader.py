"""Batches of photos as a network takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from coursekit.core.errors import CourseError
from coursekit.core.wording import plural
from coursekit.predict.preprocess import normalised
from coursekit.vision.augment import Stats, batch_transforms, vary
from coursekit.vision.items import Example, ImageItems

if TYPE_CHECKING:
    from coursekit.learn.figures import Plot
    from coursekit.vision.show import Judged

HALF: Stats = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
Batch = tuple[Tensor, Tensor]


class ImageLoader:
    """Gives batches `(x, y)`: float32 (n, 3, height, width), normalised, and int64 (n,).

    Photos that cannot be read are left out of their batch. Everything random is drawn from torch's
    global generator in the thread that iterates, so `torch.manual_seed` makes it repeatable.

    Args:
        dataset: The photos.
        bs: Photos a batch.
        shuffle: Takes them in another order each time; a last batch of one photo then joins the
            batch before, because batch norm needs two.
        drop_last: Leaves out a last batch that is not full.
        num_workers: Processes that read; with 0 it is done by threads of this one.
        batch_tfms: Random variations, see `aug_transforms`, and perhaps a `Normalize`.
        device: Where batches go.
        order: Indices of the photos to take; default: all.

    Attributes:
        stats: Mean and standard deviation that batches are normalised with.
        normalized: Whether `batch_tfms` said how to normalise.
    """

    def __init__(
        self,
        dataset: ImageItems,
        bs: int = 64,
        shuffle: bool = False,
        drop_last: bool = False,
        num_workers: int | None = 0,
        batch_tfms: Any = None,
        device: torch.device | str | None = None,
        order: Sequence[int] | None = None,
    ) -> None:
        if bs < 1:
            raise CourseError(
                f"A batch of {bs} photos can't be made. Give bs=64, or another number."
            )
        self.dataset, self.bs, self.shuffle, self.drop_last = dataset, bs, shuffle, drop_last
        self.num_workers, self.order = num_workers or 0, order
        self.batch_tfms, normalize = batch_transforms(batch_tfms)
        self.normalized = normalize is not None
        self.stats: Stats = (normalize.mean, normalize.std) if normalize else HALF
        self.device = torch.device(device or "cpu")

    @property
    def is_random(self) -> bool:
        """Whether the same photo may give other numbers next time."""
        return self.dataset.is_random or bool(self.batch_tfms)

    def __len__(self) -> int:
        return len(self._cut(list(range(self._count))))

    def __iter__(self) -> Iterator[Batch]:
        for raw in self._raw(self._cut(self.indices())):
            if raw is not None:
                yield self._finished(*raw)
        self.dataset.say_left_out()
        self._check_any()

    def indices(self) -> list[int]:
        """Which photos come, in which order, this time."""
        order = range(len(self.dataset)) if self.order is None else self.order
        if not self.shuffle:
            return list(order)
        return [order[i] for i in torch.randperm(len(order)).tolist()]

    def batch(self, indices: Sequence[int]) -> Batch | None:
        """These photos as one batch; None if none of them can be read."""
        raw = stacked(self.dataset.__getitems__(indices))
        return None if raw is None else self._finished(*raw)

    def inputs(self, indices: Sequence[int]) -> Tensor | None:
        """What a network gets of these photos without chance; None if none can be read.

        Numpy normalises them, in the calling thread alone: many may do this at once, and each of
        torch's operations would bring threads of its own.
        """
        found = self.dataset.plain.read_here(indices)
        if not found:
            return None
        return torch.from_numpy(normalised(np.stack(found), *self.stats))

    def some(self, n: int) -> Batch:
        """A batch of `n` photos that can be read, or of fewer if there are no more.

        Without shuffling they are taken all along the list, since names lie beside their like.
        Those that are kept for a game are not among them.

        Raises:
            CourseError: None can be read.
        """
        hidden = self.hidden_items()
        order = [i for i in self.indices() if not hidden or self.dataset.items[i] not in hidden]
        step = 1 if self.shuffle else max(1, len(order) // n)
        turns = (index for start in range(step) for index in order[start::step])
        each = (self.batch([index]) for index in turns)
        found = list(islice((one for one in each if one is not None), n))
        self.dataset.say_left_out()
        if not found:
            raise CourseError("There is no photo here that can be read.")
        x, y = zip(*found, strict=True)
        return torch.cat(x), torch.cat(y)

    def in_order(self, indices: Sequence[int] | None = None, bs: int | None = None) -> ImageLoader:
        """A loader of the same photos, or of those, in order and without anything random."""
        bs, order = bs or self.bs, self.order if indices is None else indices
        workers, device = self.num_workers, self.device
        loader = ImageLoader(self.dataset.plain, bs, False, False, workers, None, device, order)
        loader.stats = self.stats
        return loader

    def to_pictures(self, x: Tensor) -> Tensor:
        """A batch as it is to be seen: float from 0 to 1, (n, height, width, 3), on the CPU."""
        mean, std = (torch.tensor(values).reshape(3, 1, 1) for values in self.stats)
        return (x.cpu() * std + mean).clamp_(0, 1).permute(0, 2, 3, 1)

    def show_batch(
        self,
        max_n: int = 9,
        nrows: int | None = None,
        ncols: int | None = None,
        unique: bool = False,
    ) -> Plot:
        """Photos of this loader with their labels; see `show.show_batch`."""
        from coursekit.vision.show import show_batch  # matplotlib takes a second to import

        return show_batch(self, max_n, nrows, ncols, unique)

    def readable_items(self) -> list[Path]:
        """The files that came in the last pass, in order, where it was in order."""
        return [self.dataset.items[index] for index in self._readable()]

    def hidden_items(self) -> frozenset[Path]:
        """The files that no picture may show now: those that are kept for a game."""
        return self.dataset.aside.hidden

    def plot_top_losses(
        self, rows: Sequence[Judged], nrows: int | None = None, ncols: int | None = None
    ) -> Plot:
        """The photos of `rows`, whose `index` counts the readable ones; see `show_top_losses`."""
        from coursekit.vision.show import show_top_losses

        readable = self._readable()
        batch = self.in_order().batch([readable[row.index] for row in rows])
        pictures = [] if batch is None else list(self.to_pictures(batch[0]).numpy())
        return show_top_losses(pictures, rows, nrows, ncols, str(self.dataset.aside))

    def _readable(self) -> list[int]:
        order = range(len(self.dataset)) if self.order is None else self.order
        return [index for index in order if index not in self.dataset.unreadable]

    @property
    def _count(self) -> int:
        return len(self.dataset) if self.order is None else len(self.order)

    def _cut(self, indices: list[int]) -> list[list[int]]:
        starts = range(0, len(indices), self.bs)
        batches = [indices[start : start + self.bs] for start in starts]
        rest = len(indices) % self.bs
        if rest and self.drop_last:
            return batches[:-1]
        if rest == 1 and self.shuffle and len(batches) > 1:
            return [*batches[:-2], indices[-self.bs - 1 :]]
        return batches

    def _raw(self, batches: list[list[int]]) -> Iterable[Batch | None]:
        """Batches of uint8 pixels and targets; None where nothing in a batch can be read."""
        if not self.num_workers:
            return (stacked(self.dataset.__getitems__(batch)) for batch in batches)
        self.dataset.check()  # what a worker finds unreadable would not be known here
        return DataLoader(
            self.dataset,
            batch_sampler=batches,
            num_workers=self.num_workers,
            collate_fn=stacked,
        )

    def _finished(self, pixels: Tensor, targets: Tensor) -> Batch:
        x = pixels.to(self.device, non_blocking=True).permute(0, 3, 1, 2).float()
        unit = 255.0
        if self.batch_tfms:
            x, unit = x.div_(255), 1.0
        for transform in self.batch_tfms:
            x = vary(x, transform)
        mean, std = (torch.tensor(v, device=x.device).reshape(3, 1, 1) for v in self.stats)
        x = x.sub_(mean * unit).div_(std * unit)
        x = x.contiguous(memory_format=torch.channels_last)
        return x, targets.to(self.device, non_blocking=True)

    def _check_any(self) -> None:
        if self.dataset.unreadable and len(self.dataset.unreadable) == len(self.dataset):
            count = plural(len(self.dataset), "photo")
            reason = next(iter(self.dataset.unreadable.values()))
            raise CourseError(f"None of {count} can be read. The first: {reason}")


def stacked(examples: Sequence[Example]) -> Batch | None:
    """Examples as uint8 (n, height, width, 3) and int64 (n,); None where there are none."""
    if not examples:
        return None
    pixels, targets = zip(*examples, strict=True)
    return torch.from_numpy(np.stack(pixels)), torch.tensor(targets)
