"""A training and a validation loader as one thing, and batches on the right device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from coursekit.core.errors import CourseError


def default_device() -> torch.device:
    """The GPU that PyTorch can use here (CUDA or ROCm, Apple's MPS, Intel's XPU), else the CPU."""
    if torch.accelerator.is_available():
        return torch.accelerator.current_accelerator() or torch.device("cpu")
    return torch.device("cpu")


def to_device(batch: Any, device: torch.device) -> Any:
    """The same batch with its tensors on `device`; lists, tuples and dictionaries are followed."""
    if isinstance(batch, Tensor):
        return batch.to(device, non_blocking=True)
    if isinstance(batch, dict):
        return {key: to_device(value, device) for key, value in batch.items()}
    if isinstance(batch, list | tuple):
        return tuple(to_device(value, device) for value in batch)
    return batch


def batches_in(loader: Any) -> int:
    """How many batches a loader gives.

    Raises:
        CourseError: It does not know.
    """
    try:
        return len(loader)
    except TypeError:
        raise CourseError(
            f"This {type(loader).__name__} does not say how many batches it gives, and a fit plans "
            "with that. Give one with a length, such as a DataLoader of a dataset with a length."
        ) from None


@runtime_checkable
class ItemLoader(Protocol):
    """A loader that can also give single items by their index, so that features can be cached.

    Attributes:
        is_random: Whether the same item may give other numbers next time.
        dataset: Its items: `targets`, `unreadable`, `digest(index)` and a length.
    """

    @property
    def is_random(self) -> bool: ...

    @property
    def dataset(self) -> Any: ...

    def inputs(self, indices: Sequence[int]) -> Tensor | None:
        """What the model gets of these items; None if none can be read."""

    def in_order(self, indices: Sequence[int] | None = None, bs: int | None = None) -> Any:
        """A loader of the same items, or of those, in order and without anything random."""


class DataLoaders:
    """The batches to train on, those to validate on and, where wanted, those kept for a last test.

    Args:
        train: Anything with a length that gives batches `(x, ..., y)` when iterated, such as
            PyTorch's `DataLoader`; the last element of a batch is the target.
        valid: The same for validation.
        test: The same for one final test; nothing else looks at it.
        device: Where batches go; default: the GPU if there is one.
    """

    def __init__(
        self,
        train: Iterable[Any],
        valid: Iterable[Any],
        test: Iterable[Any] | None = None,
        device: torch.device | str | None = None,
    ) -> None:
        self.train, self.valid, self.test = train, valid, test
        self.device = torch.device(device) if device else default_device()

    def to(self, device: torch.device | str) -> DataLoaders:
        """Sends batches to `device` from now on."""
        self.device = torch.device(device)
        return self

    def one_batch(self) -> Any:
        """The first training batch, on the device."""
        return to_device(next(iter(self.train)), self.device)


class TensorLoader:
    """Batches cut from tensors in memory; shuffled from torch's global generator where asked.

    Args:
        x: Inputs, one for each item.
        y: Targets.
        bs: Items a batch.
        shuffle: Whether to take them in another order each time.
        items: For each row the index of its item in the data; default: the row's own.

    Attributes:
        rows: The indices of the items of the batch that was given last.
    """

    def __init__(
        self,
        x: Tensor,
        y: Tensor,
        bs: int,
        shuffle: bool = False,
        items: Sequence[int] | None = None,
    ) -> None:
        self.x, self.y, self.bs, self.shuffle = x, y, bs, shuffle
        self.items = range(len(x)) if items is None else items
        self._chosen = torch.empty(0, dtype=torch.long)

    @property
    def rows(self) -> list[int]:
        return [self.items[row] for row in self._chosen.tolist()]

    def __len__(self) -> int:
        """Batches. A last one of a single item joins the one before: norms need two items."""
        n, rest = divmod(len(self.x), self.bs)
        return n + (rest > (1 if n and self.shuffle else 0))

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order = torch.randperm(len(self.x)) if self.shuffle else torch.arange(len(self.x))
        order = order.to(self.x.device)
        count = len(self)
        for index in range(count):
            end = None if index == count - 1 else (index + 1) * self.bs
            self._chosen = chosen = order[index * self.bs : end]
            yield self.x[chosen], self.y[chosen]
