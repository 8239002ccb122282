"""The one change of a copy: what was typed, as a value that can be trained with, or a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from coursekit.core.errors import CourseError
from coursekit.core.wording import listing
from coursekit.scores.experiment import Experiment
from coursekit.scores.recipe import CHANGES, NoSuchChange, changed, differences

DEPTHS = ("auto", "head", "last", "all")
HINTS = {
    "epochs": "How many times it learns from all photos: 1 to 1,000.",
    "seed": "A whole number from 0. Only luck changes: the order of photos, dropout, new weights.",
    "architecture": "A network's name, such as resnet18 or tf_efficientnet_lite0.",
    "size": "Pixels of a side that photos are brought to: 16 to 1,024.",
    "depth": "How much of the network learns: auto, head, last or all.",
    "rate": "The learning rate: a number above 0, 10 at most, such as 0.002.",
}
NAMES = {name: name.capitalize() for name in CHANGES} | {"rate": "Learning rate"}


class NotAValue(CourseError):
    """What was typed is no value of the setting."""

    def __init__(self, name: str, typed: object) -> None:
        super().__init__(f"{str(typed)[:60]!r} can't be used as {name}. {HINTS[name]}")


class NothingNew(CourseError):
    """A copy that would be the same run again."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(
            f"The run has {name} {value} already. Type another value, or run it again as it is."
        )


def as_value(name: str, typed: Any) -> Any:
    """What was typed for a setting, or given in code, as its value.

    Raises:
        NoSuchChange: There is no such setting.
        NotAValue: It is none.
    """
    if name not in CHANGES:
        raise NoSuchChange(name)
    try:
        return READ[name](str(typed).strip())
    except ValueError:
        raise NotAValue(name, typed) from None


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text.replace(",", ""))
        if not least <= number <= most:
            raise ValueError
        return number

    return read


def _rate(text: str) -> float:
    number = float(text.replace(",", "."))
    if not (math.isfinite(number) and 0 < number <= 10):
        raise ValueError
    return number


def _name(text: str) -> str:
    if not (0 < len(text) <= 100 and text.replace("_", "").replace(".", "").isalnum()):
        raise ValueError
    return text


def _depth(text: str) -> str:
    if text.lower() not in DEPTHS:
        raise ValueError
    return text.lower()


READ: dict[str, Callable[[str], Any]] = {
    "epochs": _whole(1, 1000),
    "seed": _whole(0, 2**31 - 1),
    "architecture": _name,
    "size": _whole(16, 1024),
    "depth": _depth,
    "rate": _rate,
}


def change_of(run: Experiment, **changes: Any) -> tuple[dict[str, Any], str]:
    """Values to train a copy with, and what changes, in words: `epochs 1, now 3`.

    Raises:
        CourseError: There is no such setting, this run has none, or nothing would change.
    """
    values = {name: as_value(name, typed) for name, typed in changes.items() if typed is not None}
    said = differences(run.recipe, changed(run.recipe, **values))
    if not said:
        name, value = next(iter(values.items()), ("all settings", "as they are"))
        raise NothingNew(name, value)
    return values, listing(said, most=9)
