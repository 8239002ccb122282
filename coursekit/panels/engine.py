"""The general model that answers before anything is trained."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coursekit.predict import Predictor


@cache
def general() -> Predictor:
    """The predictor that knows ImageNet's 1,000 labels."""
    from coursekit.vision.imagenet import imagenet_predictor

    return imagenet_predictor()
