"""A classifier of two classes, for tests that need no network."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from coursekit.predict import Prediction, decode


def prediction(unsure: bool = False, heat: bool = True, cat: float = 0.9) -> Prediction:
    """What a classifier of two classes gives back."""
    return Prediction(
        label="cat",
        index=0,
        probabilities=np.array([cat, 1 - cat], dtype=np.float32),
        unsure=unsure,
        heatmap=np.eye(7, dtype=np.float32) if heat else None,
        heatmap_reason="" if heat else "Its network has no last convolution.",
        vocab=["cat", "dog"],
    )


class TwoKinds:
    """A predictor of two classes that notes what it was given."""

    def __init__(self, **said: Any) -> None:
        self.given: list[bytes] = []
        self.said = said
        self.vocab = ["cat", "dog"]
        self.manifest = {"name": "pets"}

    def predict(self, data: bytes) -> Prediction:
        self.given.append(data)
        return prediction(**self.said)

    def seen(self, data: bytes) -> Image.Image:
        return decode(data, "seen").resize((64, 64))
