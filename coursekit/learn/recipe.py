"""What a run did, as data: enough to run it again and to tell whether it is the same."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from coursekit.learn.checkpoint import NoCheckpoint, signature
from coursekit.learn.history import FORMAT

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop
    from coursekit.learn.phases import Phase

PACKAGES = ("coursekit-companion", "torch", "torchvision", "timm", "pillow", "onnxruntime")


def of(learn: Loop, plan: list[Phase]) -> dict[str, Any]:
    """The recipe of a fit that follows `plan`."""
    describe = getattr(learn.dls, "recipe", None)
    return {
        "format": FORMAT,
        "phases": [phase.to_json() for phase in plan],
        "data": describe() if describe else {"kind": type(learn.dls.train).__name__},
        "model": {"architecture": learn.architecture, "signature": signature(learn.model)},
        "metrics": learn.metric_names,
        "seed": learn.seed,
        "versions": versions(),
        "threads": torch.get_num_threads(),
        "device": str(learn.dls.device),
    }


def check(learn: Loop, recipe: Mapping[str, Any], folder: Path) -> None:
    """Makes sure that a run can go on with this Learner.

    Raises:
        NoCheckpoint: It trained another model, or on other data.
    """
    if recipe.get("model", {}).get("signature") != signature(learn.model):
        raise NoCheckpoint(folder, "it trained another model")
    describe = getattr(learn.dls, "recipe", None)
    if describe and describe().get("digest") != recipe.get("data", {}).get("digest"):
        raise NoCheckpoint(folder, "it trained on other data, or on another split of it")


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that decide what comes out."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
