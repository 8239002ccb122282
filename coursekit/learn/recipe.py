"""What a run did, as data: enough to run it again and to tell whether it is the same."""

from __future__ import annotations

import functools
import inspect
import json
import platform
import warnings
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from coursekit.core.wording import listing
from coursekit.learn.checkpoint import NoCheckpoint, signature
from coursekit.learn.events import Callback
from coursekit.learn.history import FORMAT

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop
    from coursekit.learn.phases import Phase

PACKAGES = ("coursekit-companion", "torch", "torchvision", "timm", "pillow", "onnxruntime")

MUST_AGREE = {
    "model.signature": "it trained another model",
    "data.digest": "it trained on other data, or on another split of it",
    "data.item_tfms": "its photos were resized or cut in another way",
    "data.batch_tfms": "its photos were varied in another way",
    "data.preprocessing": "its photos became numbers in another way",
    "data.bs": "its batches had another size",
    "data.batches": "it had another number of batches",
    "loss_func": "it had another loss",
    "opt_func": "it had another optimiser",
    "precision": "it computed in another precision",
}
"""What must be the same for a run to go on, and what is said where it is not."""

SHOULD_AGREE = ("callbacks", "threads", "device", *(f"versions.{name}" for name in PACKAGES))
"""With these changed a run goes on, but its losses may differ from those of an unbroken one."""


_PLAIN = (str, int, float, tuple, list, Tensor)


class BegunOtherwise(UserWarning):
    """A run goes on in other circumstances than it began in."""


def of(learn: Loop, plan: list[Phase], cbs: Iterable[Callback] = ()) -> dict[str, Any]:
    """The recipe of a fit that follows `plan` with the callbacks `cbs` besides the Learner's."""
    describe = getattr(learn.dls, "recipe", None)
    return {
        "format": FORMAT,
        "phases": [phase.to_json() for phase in plan],
        "data": describe() if describe else _of_loaders(learn),
        "model": {"architecture": learn.architecture, "signature": signature(learn.model)},
        "loss_func": named(learn.loss_func),
        "opt_func": named(learn.opt_func),
        "precision": str(getattr(learn.precision, "fast_dtype", torch.float32)),
        "callbacks": [named(callback) for callback in (*learn.cbs, *cbs)],
        "metrics": learn.metric_names,
        "seed": learn.seed,
        "versions": versions(),
        "threads": torch.get_num_threads(),
        "device": str(learn.dls.device),
    }


def check(learn: Loop, begun: Mapping[str, Any], cbs: Iterable[Callback], folder: Path) -> None:
    """Makes sure that a run which began by the recipe `begun` can go on with this Learner.

    Warns of differences that only the last digits, or callbacks, may show.

    Raises:
        NoCheckpoint: One of `MUST_AGREE` differs.
    """
    now = json.loads(json.dumps(of(learn, [], cbs), default=str))
    for key, why in MUST_AGREE.items():
        if _differ(begun, now, key):
            raise NoCheckpoint(folder, why)
    changes = [
        f"{key.rpartition('.')[2]} {_shown(begun, key)}, now {_shown(now, key)}"
        for key in SHOULD_AGREE
        if _differ(begun, now, key)
    ]
    if changes:
        how = "; ".join(changes)
        message = f"This run goes on otherwise than it began ({how}): its losses may differ."
        warnings.warn(message, BegunOtherwise, stacklevel=4)


def named(thing: Any) -> str:
    """What a function, a loss or a callback is, with its arguments: the same in each process."""
    if isinstance(thing, functools.partial):
        given = [*map(str, thing.args), *(f"{k}={v}" for k, v in thing.keywords.items())]
        return f"{named(thing.func)}({', '.join(given)})"
    if hasattr(thing, "__qualname__"):
        return str(thing.__qualname__)
    kept = {name: getattr(thing, name, None) for name in inspect.signature(type(thing)).parameters}
    plain = {name: value for name, value in kept.items() if isinstance(value, _PLAIN)}
    return f"{type(thing).__name__}({', '.join(f'{k}={v}' for k, v in plain.items())})"


def _of_loaders(learn: Loop) -> dict[str, Any]:
    """What can be said of any pair of loaders."""
    train: Any = learn.dls.train
    return {
        "kind": type(train).__name__,
        "batches": len(train) if hasattr(train, "__len__") else None,
        "bs": getattr(train, "batch_size", None),
    }


def _differ(begun: Mapping[str, Any], now: Mapping[str, Any], key: str) -> bool:
    """Whether both recipes say something of `key`, such as `data.bs`, and not the same."""
    old, new = _at(begun, key), _at(now, key)
    return old is not None and new is not None and old != new


def _at(recipe: Mapping[str, Any], key: str) -> Any:
    value: Any = recipe
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _shown(recipe: Mapping[str, Any], key: str) -> str:
    value = _at(recipe, key)
    return (listing(value) or "none") if isinstance(value, list) else str(value)


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that decide what comes out."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
