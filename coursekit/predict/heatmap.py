"""Where a network looked: class activation maps, and how to show them over a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from coursekit.predict.decode import as_rgb

# From nearly black over violet, red and orange to pale yellow: each stop lighter than the last, so
# that the order is seen without colour too.
_STOPS = np.array(
    [(20, 11, 52), (87, 21, 126), (158, 40, 117), (218, 70, 77), (249, 135, 44), (252, 238, 165)],
    dtype=np.float32,
)


def normalised(heat: NDArray[np.float32]) -> NDArray[np.float32]:
    """A class activation map (h', w') brought to 0..1; one without differences becomes 0.

    Source: Zhou et al., Learning Deep Features for Discriminative Localization (2016).
    """
    low, high = float(heat.min()), float(heat.max())
    if not high > low:
        return np.zeros_like(heat, dtype=np.float32)
    return ((heat - low) / (high - low)).astype(np.float32)


def overlay(image: Image.Image, heatmap: NDArray[np.float32], alpha: float = 0.5) -> Image.Image:
    """The picture with the places that counted glowing; the others stay as they are.

    Args:
        image: As the network saw it (`Predictor.seen`), at any size.
        heatmap: Values 0..1 of shape (h', w'), as `Prediction.heatmap`.
        alpha: How much of the picture the hottest place covers, 0 to 1.
    """
    picture = np.asarray(as_rgb(image), dtype=np.float32)
    small = Image.fromarray(np.asarray(heatmap, dtype=np.float32))
    heat = np.clip(np.asarray(small.resize(image.size, Image.Resampling.BICUBIC)), 0, 1)
    strength = alpha * heat[..., None]
    mixed = picture * (1 - strength) + colours(heat) * strength
    return Image.fromarray(np.rint(mixed).astype(np.uint8))


def colours(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Red, green and blue (0..255) in a last axis, for values 0..1."""
    places = np.linspace(0, 1, len(_STOPS))
    channels = [np.interp(values, places, _STOPS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)
