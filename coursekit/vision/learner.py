"""A Learner for photos: a pretrained body, a new head, and the body's own normalisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from coursekit.core import deeds, paths
from coursekit.learn.figures import Plot
from coursekit.learn.learner import Learner
from coursekit.learn.loop import given_or_drawn
from coursekit.vision import show
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.models import (
    DEFAULT,
    Arch,
    Body,
    build,
    class_maps,
    library_of,
    name_of,
)


class VisionLearner(Learner):
    """A Learner whose items are photos; see `vision_learner`.

    Attributes:
        body: What the head is on.
        first_head: The parameters of the head as they were drawn, in the main memory; none where it
            is not new.
    """

    body: Body
    dls: ImageDataLoaders
    first_head: tuple[Tensor, ...] = ()

    @property
    def untrained(self) -> bool:
        """Whether the head is as it was drawn: nothing was trained, and no weights were loaded."""
        head = cast(nn.Sequential, self.model)[-1].parameters()
        now = (it.cpu() for it in head)  # a model that rests has left the GPU
        return bool(self.first_head) and all(map(torch.equal, now, self.first_head))

    def show_results(self, max_n: int = 9) -> Plot:
        """Validation photos with their label over what the model says."""
        return show.show_results(self, max_n)

    def predict(self, item: Any) -> tuple[Any, Tensor, Tensor]:
        """(label, index, probabilities) of one photo: its path, its bytes or a picture."""
        said = super().predict(item)
        known = isinstance(item, str | Path) and Path(item).absolute() in {
            file.absolute() for file in self.dls.table.items
        }
        if not known:
            deeds.note("tried_picture")
        return said

    def exportable(self) -> tuple[nn.Module, list[str], bool | str]:
        if self.body.maps:
            return WithMaps(cast(nn.Sequential, self.model)), ["logits", "heat"], True
        why = f"{self.architecture} gives one vector for a whole picture, so it can't point."
        return self.model, ["logits"], why


class WithMaps(nn.Module):
    """A model that gives class activation maps beside its logits."""

    def __init__(self, model: nn.Sequential) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 3, h, w) to logits (n, classes) and maps (n, classes, h', w')."""
        features = self.model[:2](images)
        return self.model[2:](features), class_maps(self.model, features)


def vision_learner(
    dls: ImageDataLoaders,
    arch: Arch = DEFAULT,
    metrics: Any = None,
    pretrained: bool = True,
    seed: int | None = None,
    **options: Any,
) -> VisionLearner:
    """A Learner that classifies photos with a pretrained body and a new head.

    Args:
        dls: The photos and their labels.
        arch: A torchvision builder such as `resnet34` or any timm name; the default's weights are
            installed, others are downloaded once.
        metrics: One or more functions of (predictions, targets), such as `error_rate`.
        pretrained: Whether the body starts with ImageNet weights; it is frozen then.
        seed: Makes the new head's first weights and all that comes after repeatable; drawn where it
            is None.
        options: Further arguments of `Learner`.

    Raises:
        CourseError: The architecture is unknown, or its weights can't be had.

    Example:
        >>> from coursekit.vision.all import *
        >>> dls = ImageDataLoaders.from_folder(untar_data(URLs.DIGITS))
        >>> learn = vision_learner(dls, metrics=error_rate)
        >>> learn.fine_tune(1)
    """
    seed = given_or_drawn(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model, body = build(arch, len(dls.vocab), pretrained)
    dls = dls.normalized_for(body.mean, body.std)
    learn = VisionLearner(dls, model, metrics=metrics, seed=seed, **options)
    learn.architecture, learn.body, learn.pretrained = name_of(arch), body, pretrained
    learn.library = library_of(arch)
    learn.first_head = tuple(it.detach().cpu().clone() for it in model[-1].parameters())
    if not dls.path.resolve().is_relative_to((paths.home() / "datasets").resolve()):
        deeds.note("made_data_set")
    if pretrained:
        learn.freeze()
    return learn


cnn_learner = vision_learner
"""The name that the book's first edition uses."""
