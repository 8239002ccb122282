"""Where a training stands, in words. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from coursekit.core import wording

if TYPE_CHECKING:
    from coursekit.learn.progress import Progress

SHARES = ("error_rate", "accuracy")
PATIENCE = 3
"""Epochs since the lowest validation loss before anything is said of them."""

RISE = 0.2
"""So much the mean of the last `PATIENCE` must lie above the lowest: less is a wobble."""


def summary(progress: Progress) -> str:
    """Where a run is, in a line: `Training the head, epoch 3 of 20: training loss 0.210.`, say."""
    if progress.state == "preparing" and not progress.total:  # there may be nothing to prepare
        return "Starting."
    if progress.state == "preparing":
        return f"Preparing {progress.done:,} of {progress.total:,} photos{left(progress)}"
    if progress.state == "stopped" and not progress.epochs:
        return "Stopped before the training began, so there is no new model."
    if progress.state == "paused" and not progress.epochs:
        return "Paused before the first step."
    unit = "pass" if progress.remembered else "epoch"
    epoch = f"{unit} {progress.epoch} of {progress.epochs}"
    back = progress.kept not in (0, progress.epoch)
    kept = f", with the weights of {unit} {progress.kept}" if back else ""
    count = counted(progress.epochs, unit)
    part = f" (part {progress.part} of {progress.parts})" if progress.parts > 1 else ""
    where = {
        "ready": "Starting",
        "training": f"Training {progress.phase}{part}, {epoch}",
        "validating": f"Checking on the validation photos, {epoch}",
        "paused": f"Paused in {epoch}",
        "stopped": f"Stopped in {epoch}{kept}",
        "finished": f"Finished after {count}{kept}",
        "failed": "The training ended with an error",
    }[progress.state]
    return f"{where}{scores(progress)}{left(progress)}"


def scores(progress: Progress) -> str:
    """The latest loss, and the latest scores on the photos that the model did not train on."""
    words = []
    if progress.train_loss is not None:
        words.append(f"training loss {progress.train_loss:.3f}")
    if progress.valid_loss is not None:
        metrics = [f"{plain(name)} {value(name, v)}" for name, v in progress.metrics.items()]
        values = wording.listing([f"loss {progress.valid_loss:.3f}", *metrics])
        words.append(f"on the validation photos {values}")
    return f": {'; '.join(words)}" if words else ""


def counted(n: int, unit: str) -> str:
    """`1 epoch`, `20 passes`."""
    return wording.plural(n, unit, "passes" if unit == "pass" else "")


def plain(name: str) -> str:
    """`error rate` for `error_rate`."""
    return name.replace("_", " ")


def value(name: str, number: float) -> str:
    """A metric's value: a share in percent, anything else to three digits."""
    return wording.percent(number) if name in SHARES else f"{number:.3f}"


def left(progress: Progress) -> str:
    """How long it will still take, where that is known, and the full stop."""
    if progress.left is None or progress.state in ("finished", "stopped", "failed"):
        return "."
    more = progress.parts > 1 and progress.part < progress.parts
    here = " until the next part" if more and progress.state != "preparing" else ""
    return f". About {wording.duration(progress.left)} left{here}."


def share(progress: Progress) -> float:
    """How much is done of the preparation or of the epochs, 0 to 1; -1 where that says nothing."""
    if progress.state == "preparing":
        return progress.done / progress.total if progress.total else -1.0
    if progress.state not in ("training", "validating", "paused") or not progress.epochs:
        return -1.0
    within = progress.batch / progress.batches if progress.batches else 0.0
    return min(1.0, (progress.epoch - 1 + within) / progress.epochs)


def best(epochs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The row of the epoch with the lowest validation loss."""
    judged = [row for row in epochs if row.get("valid_loss") is not None]
    return min(judged, key=lambda row: row["valid_loss"], default=None)


def overfitting(epochs: Sequence[Mapping[str, Any]], unit: str = "epoch") -> str:
    """A sentence where the validation loss rises while the training loss falls, else nothing.

    Args:
        epochs: Rows of `History.epochs`.
        unit: What they are called, see `News`.
    """
    if not epochs:
        return ""
    part = [row for row in epochs if row.get("phase") == epochs[-1].get("phase")]
    lowest = best(part)
    if lowest is None:
        return ""
    after = [row for row in part if row["epoch"] > lowest["epoch"]]
    after = [row for row in after if row.get("valid_loss") is not None]
    learnt = [row["train_loss"] for row in (lowest, *after) if row.get("train_loss") is not None]
    if len(after) < PATIENCE or len(learnt) < 2 or learnt[-1] >= learnt[0]:
        return ""
    late = sum(row["valid_loss"] for row in after[-PATIENCE:]) / PATIENCE
    rise = late / lowest["valid_loss"] - 1 if lowest["valid_loss"] else 0.0
    if rise < RISE:
        return ""
    return (
        f"Since {unit} {lowest['epoch']} the loss on the validation photos has risen by "
        f"{wording.percent(rise, 0)} while the training loss fell: the model may begin to learn "
        "the training photos by heart (overfitting). More photos or augmentation help."
    )
