"""From a folder of photos to a Learner in two steps, as the command line and the panels do it."""

from __future__ import annotations

from typing import Any

from coursekit.core.wording import plural
from coursekit.data.labelled import SEED, LabelledFolder
from coursekit.learn.metrics import error_rate
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import VisionLearner, vision_learner
from coursekit.vision.table import label_table
from coursekit.vision.transforms import Resize, aug_transforms

NAMED = 3


def loaders(
    photos: LabelledFolder,
    size: int = 224,
    valid_pct: float | None = None,
    seed: int = SEED,
    augment: bool = False,
) -> ImageDataLoaders:
    """Photos split and ready to train on as squares of `size` pixels.

    A split that the folder was published with is kept; else `valid_pct` and `seed` draw one;
    None is the share that the choice of photos says. `augment` varies training photos at random.

    Raises:
        CourseError: There are no photos, they have one label, or none is left to train on.
    """
    splitter = photos.splitter(valid_pct, seed)
    table = label_table(photos.folder, photos.files(), photos.labeller, splitter)
    return ImageDataLoaders(table, Resize(size), aug_transforms() if augment else None)


def learner(dls: ImageDataLoaders, arch: str | None = None, seed: int = SEED) -> VisionLearner:
    """A pretrained network for these photos; `arch` None for the one that comes along."""
    named: dict[str, Any] = {"arch": arch} if arch else {}
    return vision_learner(dls, metrics=error_rate, seed=seed, **named)


def left_out(dls: ImageDataLoaders) -> str:
    """Which photos could not be read and why, or "" where all could."""
    reasons = [skipped.reason for skipped in dls.skipped]
    if not reasons:
        return ""
    count = plural(len(reasons), "photo was", "photos were")
    more = f" And {len(reasons) - NAMED:,} more." if len(reasons) > NAMED else ""
    return f"{count} left out. {' '.join(reasons[:NAMED])}{more}"
