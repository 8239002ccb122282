"""What can be chosen for a training, in plain words, and the lines of Python that do the same."""

from __future__ import annotations

from dataclasses import dataclass

from coursekit.data.labelled import SEED, LabelledFolder

DEPTHS = {
    "what suits this machine": "auto",
    "the head only: seconds": "head",
    "the head, then the last stage: more exact": "last",
    "all of it: slow without a GPU": "all",
}
ARCHITECTURES = {
    "EfficientNet-Lite0: small, comes along": "",
    "ResNet-18: a download of 45 MB": "resnet18",
    "ResNet-34: a download of 83 MB": "resnet34",
    "ResNet-50: a download of 98 MB": "resnet50",
}
SIZES = (64, 448)
"""The least and the most pixels of a side."""

SPEEDS = {
    "as fast as it goes": 0.0,
    "50 steps a second": 50.0,
    "10 steps a second": 10.0,
    "2 steps a second": 2.0,
    "1 step in 2 seconds": 0.5,
}


@dataclass(frozen=True)
class Choices:
    """How to train.

    Attributes:
        epochs: How many, at least 1.
        depth: How much of the network: auto, head, last or all.
        rate: The highest learning rate of the head; None for the method's own.
        arch: A timm name; "" for the network that comes along.
        size: Photos become squares of so many pixels.
        augment: Whether training photos are varied at random.
    """

    epochs: int = 1
    depth: str = "auto"
    rate: float | None = None
    arch: str = ""
    size: int = 224
    augment: bool = False

    def __str__(self) -> str:
        """For the legend: what tells this run from another."""
        parts = [f"{self.epochs} epoch{'s' if self.epochs != 1 else ''}"]
        parts += [f"depth {self.depth}"] if self.depth != "auto" else []
        parts += [f"rate {self.rate:.2g}"] if self.rate else []
        parts += [self.arch] if self.arch else []
        parts += [f"{self.size} px"] if self.size != 224 else []
        parts += ["augmented"] if self.augment else []
        return ", ".join(parts)


def photo_code(photos: LabelledFolder, choices: Choices, base_lr: float | None) -> str:
    """The lines that load these photos and train on them as the panel does, with the same score.

    Args:
        photos: Which photos, their labels and split.
        choices: How to train.
        base_lr: What `fine_tune` takes for `choices.rate`; None for its own.
    """
    arch = f"{choices.arch!r}, " if choices.arch else ""
    return "\n".join(
        [
            "from pathlib import Path",
            "",
            "from coursekit.data.labelled import LabelledFolder",
            "from coursekit.vision.all import *",
            "from coursekit.vision.folder import loaders",
            "",
            f"photos = {folder_code(photos)}",
            f"dls = loaders({loader_arguments(choices)})",
            f"learn = vision_learner(dls, {arch}metrics=error_rate, seed={SEED})",
            tune_code(choices, base_lr),
            "learn.validate()",
        ]
    )


def folder_code(photos: LabelledFolder) -> str:
    """The choice of photos, as Python."""
    parts = [f"Path({str(photos.folder)!r})"]
    parts += [f"label={photos.label!r}"] if photos.label else []
    parts += [f"without=frozenset({sorted(photos.without)!r})"] if photos.without else []
    parts += [f"same={photos.same!r}"] if photos.same else []
    if photos.valid_pct != LabelledFolder(photos.folder).valid_pct:
        parts.append(f"valid_pct={photos.valid_pct!r}")
    return f"LabelledFolder({', '.join(parts)})"


def loader_arguments(choices: Choices) -> str:
    """What `loaders` is given."""
    return f"photos, size={choices.size}{', augment=True' if choices.augment else ''}"


def tune_code(choices: Choices, base_lr: float | None) -> str:
    """The line that trains."""
    rate = f", base_lr={base_lr!r}" if base_lr else ""
    return f"learn.fine_tune({choices.epochs}{rate}, depth={choices.depth!r})"
