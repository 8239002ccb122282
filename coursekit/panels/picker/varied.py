"""Varies a photo as training does, with PyTorch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def vary(pixels: NDArray[np.uint8], n: int) -> Sequence[NDArray[np.uint8]]:
    """`n` variations of a picture (height, width, 3), by `aug_transforms()`.

    Chance is drawn from a fork of torch's generator, so that a training's own does not move.
    """
    import torch

    from coursekit.vision.augment import aug_transforms
    from coursekit.vision.augment import vary as varied

    batch = torch.from_numpy(pixels).permute(2, 0, 1).float().div_(255).repeat(n, 1, 1, 1)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.seed()
        for transform in aug_transforms():
            batch = varied(batch, transform)
    out = batch.clamp_(0, 1).mul_(255).round_().byte().permute(0, 2, 3, 1)
    return list(out.numpy())
