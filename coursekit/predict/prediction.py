"""What a network says about one picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursekit.core.wording import percent

Label = str | int | bool


def probabilities(logits: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Softmax over the last axis, in float64 within; a higher temperature is less sure.

    Source: Guo et al., On Calibration of Modern Neural Networks (2017).
    """
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, eq=False, repr=False)
class Prediction:
    """One picture's label; unpacks as `label, index, probabilities`, like fast.ai's.

    Attributes:
        label: The most probable label.
        index: Its place in `vocab`.
        probabilities: float32 of shape (classes,), summing to 1, in the order of `vocab`.
        unsure: Whether the label's probability is below the model's threshold.
        heatmap: Where the network looked for this label: 0..1, float32 of shape (h', w') over what
            it saw of the picture (`Predictor.seen`); None where it cannot be told.
        heatmap_reason: Why there is no heatmap; empty where there is one.
        vocab: All labels.
    """

    label: Label
    index: int
    probabilities: NDArray[np.float32]
    unsure: bool
    heatmap: NDArray[np.float32] | None
    heatmap_reason: str
    vocab: list[Label] = field(default_factory=list)

    def __iter__(self) -> Iterator[Any]:
        yield from (self.label, self.index, self.probabilities)

    def __repr__(self) -> str:
        unsure = ", unsure" if self.unsure else ""
        return f"Prediction({self.label!r}, {percent(self.probabilities[self.index])}{unsure})"

    def top(self, k: int = 5) -> list[tuple[Label, float]]:
        """The `k` most probable labels with their probabilities, the most probable first."""
        order = np.argsort(-self.probabilities, kind="stable")[:k]
        return [(self.vocab[i], float(self.probabilities[i])) for i in order]
