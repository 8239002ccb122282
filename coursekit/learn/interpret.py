"""Where a classifier is right and wrong, on data that it did not train on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from coursekit.core.errors import CourseError
from coursekit.learn.figures import Plot
from coursekit.learn.learner import Learner


@dataclass(frozen=True)
class TopLoss:
    """One item and how far off the model was.

    Attributes:
        item: What `dls` knows it as: a file's path for photos.
        actual: Its label.
        predicted: The model's.
        loss: Cross-entropy in nats, of this item alone.
        probability: The model's for its own label.
        probs: Float32 of shape (classes,), summing to 1.
        index: Where the item stands among those that were judged.
    """

    item: Any
    actual: Any
    predicted: Any
    loss: float
    probability: float
    probs: Tensor
    index: int


class ClassificationInterpretation:
    """What a classifier says of each validation item, beside the truth.

    Args:
        learn: Its validation items are predicted once, in order.
        dl: Another loader in their place.

    Attributes:
        preds: Probabilities, float32 of shape (items, classes).
        targs: The right classes, int64 of shape (items,).
        vocab: The labels.

    Raises:
        CourseError: The data has no labels.

    Source: Howard and Gugger, Deep Learning for Coders (2020), chapter 2.
    """

    def __init__(self, learn: Learner, dl: Iterable[Any] | None = None) -> None:
        vocab = getattr(learn.dls, "vocab", None)
        if not vocab:
            raise CourseError("This data has no labels, so there is no confusion to be shown.")
        self.learn, self.vocab = learn, list(vocab)
        given: Any = learn.dls.valid if dl is None else dl
        self.loader = given.in_order() if hasattr(given, "readable_items") else given
        self.preds, self.targs = learn.get_preds(dl=self.loader)
        known = getattr(self.loader, "readable_items", None)  # after the pass that found them out
        self.items: Sequence[Any] = known() if known else range(len(self.targs))
        self.losses = cross_entropy(self.preds.clamp_min(1e-12).log(), self.targs, reduction="none")

    @classmethod
    def from_learner(
        cls, learn: Learner, dl: Iterable[Any] | None = None
    ) -> ClassificationInterpretation:
        """The interpretation of a Learner's validation items."""
        return cls(learn, dl)

    def confusion_matrix(self) -> Tensor:
        """How often each class (row) was called each class (column), int64."""
        n = len(self.vocab)
        pairs = self.targs * n + self.preds.argmax(-1)
        return torch.bincount(pairs, minlength=n * n).view(n, n)

    def most_confused(self, min_val: int = 1) -> list[tuple[Any, Any, int]]:
        """(actual, predicted, how often) of the mistakes made at least `min_val` times."""
        matrix = self.confusion_matrix().fill_diagonal_(0)
        found = [(i, j, int(matrix[i, j])) for i, j in matrix.nonzero().tolist()]
        chosen = sorted((row for row in found if row[2] >= min_val), key=lambda row: -row[2])
        return [(self.vocab[i], self.vocab[j], count) for i, j, count in chosen]

    def top_losses(self, k: int | None = None) -> list[TopLoss]:
        """The `k` items that the model gets most wrong (default: all), worst first."""
        order = self.losses.argsort(descending=True, stable=True).tolist()
        return [self._row(index) for index in order[:k]]

    def plot_confusion_matrix(self) -> Plot:
        """The confusion matrix with its numbers."""
        size = max(4.0, 0.6 * len(self.vocab) + 2)
        plot = Plot((size, size))
        axis, matrix = plot.axes[0, 0], self.confusion_matrix()
        axis.imshow(matrix.numpy(), cmap="Blues")
        ticks = range(len(self.vocab))
        axis.set_xticks(ticks, [str(label) for label in self.vocab], rotation=90)
        axis.set_yticks(ticks, [str(label) for label in self.vocab])
        axis.set(xlabel="Predicted", ylabel="Actual", title="Confusion matrix")
        dark = float(matrix.max()) / 2
        for i, row in enumerate(matrix.tolist()):
            for j, count in enumerate(row):
                colour = "white" if count > dark else "black"
                axis.text(j, i, str(count), ha="center", va="center", color=colour)
        return plot

    def plot_top_losses(self, k: int = 9, **options: Any) -> Plot:
        """The `k` items that the model gets most wrong, as the data shows them.

        Photos that are kept for the game "You against the model" are passed over until then.
        """
        hidden: frozenset[Any] = getattr(self.loader, "hidden_items", frozenset)()
        rows = [row for row in self.top_losses() if not hidden or row.item not in hidden]
        plot: Plot = self.loader.plot_top_losses(rows[:k], **options)
        return plot

    def print_classification_report(self) -> None:
        """Prints precision, recall and F1 of each class, as scikit-learn gives them."""
        from sklearn.metrics import classification_report

        labels = range(len(self.vocab))
        names = [str(label) for label in self.vocab]
        predicted = self.preds.argmax(-1).numpy()
        report = classification_report(
            self.targs.numpy(), predicted, labels=labels, target_names=names, zero_division=0.0
        )
        print(report)  # noqa: T201 - that is what it is for, and its name in fast.ai

    def _row(self, index: int) -> TopLoss:
        probs, guess = self.preds[index], int(self.preds[index].argmax())
        return TopLoss(
            item=self.items[index],
            actual=self.vocab[int(self.targs[index])],
            predicted=self.vocab[guess],
            loss=float(self.losses[index]),
            probability=float(probs[guess]),
            probs=probs,
            index=index,
        )
