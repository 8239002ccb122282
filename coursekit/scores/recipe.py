"""Recipes as people read them: a title, a table of settings, what differs, a changed copy."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coursekit.core.errors import CourseError
from coursekit.core.wording import plural

Recipe = Mapping[str, Any]

MACHINE = ("device", "hardware", "threads")
"""Settings that are the machine's, not the experiment's."""

COUNTS = ("epochs", "n_epoch")
"""What the number of epochs is called where it is given by name."""

WATCHING = ("StepCloseup",)
"""Callbacks that only look on."""

CHANGES = ("epochs", "seed", "architecture", "size", "depth", "rate")
"""What `changed` can change."""


class NoSuchChange(CourseError):
    """A recipe can't be changed in this way."""

    def __init__(self, name: str, why: str = "") -> None:
        reason = why or f"a recipe has {', '.join(CHANGES)}"
        super().__init__(f"The recipe's {name} can't be changed: {reason}.")


@dataclass(frozen=True)
class Difference:
    """A setting that two recipes have otherwise; "" where one has none."""

    setting: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.setting} {self.before or 'none'}, now {self.after or 'none'}"


def settings(recipe: Recipe) -> dict[str, str]:
    """What a recipe says, a line for each setting, in an order to read."""
    found = {**_data(recipe), **_training(recipe), **_machine(recipe)}
    return {name: str(value) for name, value in found.items() if value not in (None, "", [])}


def differences(before: Recipe, after: Recipe) -> list[Difference]:
    """The settings that differ, in the order of `settings`."""
    old, new = settings(before), settings(after)
    return [
        Difference(name, old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def title(recipe: Recipe) -> str:
    """A short name: `resnet34, 3 epochs, head, 224 pixels`."""
    it = settings(recipe)
    epochs = it.get("epochs", "")
    words = [
        it.get("architecture", it.get("method", "")),
        plural(int(epochs), "epoch") if epochs.isdigit() else "",
        it["depth"] if it.get("depth", "auto") != "auto" else "",
        f"{it['size']} pixels" if "size" in it else "",
        "augmented" if it.get("augmentation", "none") != "none" else "",
        "trained before" if "trained before" in it else "",
    ]
    return ", ".join(filter(None, words))


def changed(recipe: Recipe, **changes: Any) -> dict[str, Any]:
    """A copy with other values for one or more of `CHANGES`; what is None stays.

    Raises:
        NoSuchChange: There is no such setting, or this recipe has none to change.
    """
    made = copy.deepcopy(dict(recipe))
    for name, value in changes.items():
        if name not in CHANGES:
            raise NoSuchChange(name)
        if value is not None:
            _change(made, name, value)
    return made


def _change(recipe: dict[str, Any], name: str, value: Any) -> None:
    call = recipe.get("call", {})
    if name == "seed":
        recipe["seed"] = value
    elif name == "architecture":
        recipe["model"]["architecture"] = value
    elif name == "epochs":
        named = next((it for it in COUNTS if it in call.get("options", {})), None)
        if named:
            call["options"][named] = value
        else:
            call["args"] = [value, *call.get("args", [])[1:]]
    elif name == "size":
        _resize(recipe, value)
    elif call.get("method") != "fine_tune":
        raise NoSuchChange(name, "only fine_tune has one")
    else:
        call.setdefault("options", {})["base_lr" if name == "rate" else name] = value


def _resize(recipe: dict[str, Any], size: int) -> None:
    tfms = recipe["data"].get("item_tfms")
    if not tfms:
        raise NoSuchChange("size", "its items are no photos")
    tfms[0]["size"] = size


def part(recipe: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of a recipe, which may be anybody's; empty where it has none."""
    found = recipe.get(name)
    return found if isinstance(found, Mapping) else {}


def list_of(recipe: Mapping[str, Any], name: str) -> list[Any]:
    """A list of a recipe, likewise."""
    found = recipe.get(name)
    return found if isinstance(found, list) else []


def _data(recipe: Recipe) -> dict[str, Any]:
    data = part(recipe, "data")
    counts = part(data, "counts")
    photos = " + ".join(str(counts[part]) for part in ("train", "valid") if part in counts)
    return {
        "data": data.get("source"),
        "photos (training + validation)": photos,
        "split": str(data["digest"])[:8] if data.get("digest") else None,
        "size": _size(data),
        "augmentation": _augmentation(data),
        "batch size": data.get("bs"),
    }


def _trained_before(recipe: Recipe) -> str | None:
    """`yes` where the learner had been trained already; that is not part of its recipe."""
    fits = recipe.get("fits", 1)
    return "yes" if isinstance(fits, int) and fits > 1 else None


def _size(data: Mapping[str, Any]) -> str | None:
    """`224`, `224 x 112, squish`: what photos are brought to; crop is the usual way."""
    tfms = list_of(data, "item_tfms")
    if not (tfms and isinstance(tfms[0], Mapping)):
        return None
    first, size = tfms[0], tfms[0].get("size")
    pixels = " x ".join(map(str, size)) if isinstance(size, list | tuple) else str(size)
    how = first.get("method", first.get("name") if first.get("name") != "Resize" else None)
    return pixels if how in (None, "crop") else f"{pixels}, {how}"


def _augmentation(data: Mapping[str, Any]) -> str | None:
    if "batch_tfms" not in data:
        return None
    named = [_call(it) for it in list_of(data, "batch_tfms") if isinstance(it, Mapping)]
    return "; ".join(named) or "none"


def _call(transform: Mapping[str, Any]) -> str:
    rest = ", ".join(f"{name} {value}" for name, value in transform.items() if name != "name")
    return f"{transform.get('name')}: {rest}" if rest else str(transform.get("name"))


def _training(recipe: Recipe) -> dict[str, Any]:
    model, call = part(recipe, "model"), part(recipe, "call")
    options = part(call, "options")
    args = list_of(call, "args") or [it for it in map(options.get, COUNTS) if it is not None]
    pretrained = model.get("pretrained")
    callbacks = [it for it in map(str, list_of(recipe, "callbacks")) if not it.startswith(WATCHING)]
    return {
        "architecture": model.get("architecture"),
        "pretrained": None if pretrained is None else "yes" if pretrained else "no",
        "trained before": _trained_before(recipe),
        "method": call.get("method") or recipe.get("method"),
        "epochs": args[0] if args else None,
        "depth": _depth(call),
        "rate": options.get("base_lr", options.get("lr_max", options.get("lr"))),
        "loss": recipe.get("loss_func"),
        "optimiser": recipe.get("opt_func"),
        "callbacks": ", ".join(callbacks),
        "seed": recipe.get("seed"),
    }


def _depth(call: Mapping[str, Any]) -> Any:
    """How much of the network learns: where fine_tune was told nothing, it chooses."""
    chooses = "auto" if call.get("method") == "fine_tune" else None
    return part(call, "options").get("depth", chooses)


def _machine(recipe: Recipe) -> dict[str, Any]:
    named = {name: recipe.get(name) for name in MACHINE}
    return {**named, **{f"{k} version": v for k, v in part(recipe, "versions").items()}}
