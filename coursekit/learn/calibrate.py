"""How sure is sure: a temperature for probabilities and a bound below which a label is unsure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from coursekit.core.wording import percent, plural

FOLDS = 5
SURE = 0.05
"""The share of right answers that may be called unsure."""

FEWEST = 20
"""Validation items from which on a bound is fitted rather than set."""


@dataclass(frozen=True)
class Calibration:
    """What an export keeps of it.

    Attributes:
        temperature: Logits are divided by it.
        threshold: A highest probability below this is unsure.
        about: How it was found, as a sentence `how` and numbers.
    """

    temperature: float
    threshold: float
    about: dict[str, Any]


def calibrate(logits: Tensor, targets: Tensor) -> Calibration:
    """Fits the temperature on all items and the threshold on items judged without themselves.

    Each fifth of the validation items gets its probabilities with the temperature of the other
    four; the threshold is what 5 % of the right answers among all of them stay below.

    Args:
        logits: (items, classes).
        targets: (items,), int64.

    Source: Guo, Pleiss, Sun and Weinberger, On Calibration of Modern Neural Networks (2017).
    """
    n = len(targets)
    if n < FEWEST:
        how = f"Below one half, a bound that was set: {plural(n, 'item')} are too few to fit one."
        return Calibration(1.0, 0.5, {"how": how, "n": n})
    held_out = torch.empty(n)
    for fold in range(FOLDS):
        chosen = torch.arange(n) % FOLDS == fold
        divisor = temperature(logits[~chosen], targets[~chosen])
        held_out[chosen] = (logits[chosen] / divisor).softmax(-1).amax(-1)
    right = logits.argmax(-1) == targets
    threshold = float(held_out[right].quantile(SURE)) if right.any() else 0.5
    caught, wrong = int((held_out[~right] < threshold).sum()), int((~right).sum())
    how = (
        f"Below {percent(threshold)}: {percent(SURE)} of the right answers stay below that, and "
        f"{caught} of {wrong} wrong ones, on {plural(n, 'validation item')}, each judged with a "
        f"temperature fitted on the others ({FOLDS} folds)."
    )
    about = {"how": how, "n": n, "folds": FOLDS, "wrong": wrong, "caught": caught}
    return Calibration(temperature(logits, targets), threshold, about)


def temperature(logits: Tensor, targets: Tensor) -> float:
    """The divisor of the logits, from 0.5 to 5, with the lowest cross-entropy."""
    candidates = torch.logspace(-0.301, 0.699, 60, dtype=torch.float64)
    losses = [float(cross_entropy(logits.double() / t, targets)) for t in candidates]
    return float(candidates[min(range(len(losses)), key=losses.__getitem__)])
