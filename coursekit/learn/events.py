"""Callbacks: what can be hooked into a fit, and how a fit is ended early."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any

EVENTS = (
    "before_fit",
    "before_epoch",
    "before_train",
    "before_batch",
    "after_predict",
    "after_loss",
    "after_backward",
    "after_step",
    "after_batch",
    "after_train",
    "before_validate",
    "after_validate",
    "after_epoch",
    "after_fit",
)

Handlers = dict[str, list[Callable[[Any], None]]]


class CancelFitException(Exception):
    """Raised in a callback: this fit ends now, in order."""


class CancelEpochException(Exception):
    """Raised in a callback: the rest of this epoch is left out."""


class CancelBatchException(Exception):
    """Raised in a callback: the rest of this batch is left out."""


class Callback:
    """Something to do at some events of a fit: write a method for each event that it needs.

    Each method gets the `Learner`, whose attributes tell where the fit stands (`epoch`, `step`,
    `batch`, `pred`, `loss`, `training`, `history`). Batch events run in validation too, without
    `after_backward` and `after_step`; `after_fit` runs on every way out.

    Raises:
        TypeError: A subclass has a method that looks like an event and is none.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in vars(cls):
            if name.startswith(("before_", "after_")) and name not in EVENTS:
                close = difflib.get_close_matches(name, EVENTS, n=1)
                hint = f" Did you mean {close[0]}?" if close else ""
                raise TypeError(f"{cls.__name__}.{name} is no event of a fit.{hint}")


def handlers(callbacks: Iterable[Callback]) -> Handlers:
    """For each event the bound methods that want it, in the callbacks' order."""
    known = list(callbacks)
    return {event: [getattr(c, event) for c in known if hasattr(c, event)] for event in EVENTS}
