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

from coursekit.core import fingerprint
from coursekit.core.hardware import processor
from coursekit.core.wording import listing
from coursekit.learn.checkpoint import NoCheckpoint, signature
from coursekit.learn.events import Callback
from coursekit.learn.history import FORMAT, History
from coursekit.learn.loaders import batches_in

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
    "model.groups": "its parameters were grouped in another way (splitter)",
    "loss_func": "it had another loss",
    "opt_func": "it had another optimiser",
    "precision": "it computed in another precision",
}
"""What must be the same for a run to go on, and what is said where it is not."""

SHOULD_AGREE = ("callbacks", "threads", "device", *(f"versions.{name}" for name in PACKAGES))
"""With these changed a run goes on, but its losses may differ from those of an unbroken one."""


class BegunOtherwise(UserWarning):
    """A run goes on in other circumstances than it began in."""


def of(learn: Loop, plan: list[Phase], cbs: Iterable[Callback] = ()) -> dict[str, Any]:
    """The recipe of a fit that follows `plan` with the callbacks `cbs` besides the Learner's."""
    describe = getattr(learn.dls, "recipe", None)
    return {
        "format": FORMAT,
        "phases": [phase.to_json() for phase in plan],
        "data": describe() if describe else _of_loaders(learn),
        "model": {
            "architecture": learn.architecture,
            "signature": signature(learn.model),
            "groups": [len(group) for group in learn.groups],
            "pretrained": learn.pretrained,
            "library": learn.library,
        },
        "loss_func": named(learn.loss_func),
        "opt_func": named(learn.opt_func),
        "precision": str(getattr(learn.precision, "fast_dtype", torch.float32)),
        "callbacks": [named(callback) for callback in (*learn.cbs, *cbs)],
        "metrics": learn.metric_names,
        "seed": learn.seed,
        "fits": learn.fits + 1,
        "versions": versions(),
        "threads": torch.get_num_threads(),
        "device": str(learn.dls.device),
        "hardware": _hardware(learn.dls.device),
    }


def result(learn: Loop, history: History, metrics: Mapping[str, float]) -> dict[str, Any]:
    """What came of a fit: the metrics, on how many items, and a digest of every loss."""
    return {
        "metrics": dict(metrics),
        "judged": learn.judged,
        "steps": len(history),
        "losses": fingerprint.of_bytes(*(loss.hex().encode() for loss in history.losses)),
    }


def check(
    learn: Loop,
    begun: Mapping[str, Any],
    cbs: Iterable[Callback],
    folder: Path,
    stacklevel: int = 2,
) -> None:
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
        warnings.warn(message, BegunOtherwise, stacklevel=stacklevel)


def named(thing: Any) -> str:
    """What a function, a loss or a callback is, with its arguments: the same in each process."""
    if isinstance(thing, functools.partial):
        positional = [_value(value) for value in thing.args]
        return f"{named(thing.func)}({', '.join([*positional, *_pairs(thing.keywords)])})"
    if hasattr(thing, "__qualname__"):
        return str(thing.__qualname__)
    kept = {name: getattr(thing, name, None) for name in inspect.signature(type(thing)).parameters}
    return f"{type(thing).__name__}({', '.join(_pairs(kept))})"


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{k}={_value(value)}" for k, value in values.items() if value is not None]


def _value(value: Any) -> str:
    """An argument as text, without the addresses that Python's own text of an object has."""
    if isinstance(value, str | int | float | complex | bytes | Tensor):
        return str(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(_pairs(value))}}}"
    if isinstance(value, list | tuple | set):
        return f"[{', '.join(map(_value, value))}]"
    return str(getattr(value, "__qualname__", type(value).__name__))


def _hardware(device: torch.device) -> str:
    """What computed: the GPU's name, or the processor's."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return processor()


def _of_loaders(learn: Loop) -> dict[str, Any]:
    """What can be said of any pair of loaders."""
    train: Any = learn.dls.train
    return {
        "kind": type(train).__name__,
        "batches": batches_in(train),
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
