"""Where a run in the background stands, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from coursekit.learn.history import Point

State = Literal[
    "ready", "preparing", "training", "validating", "paused", "stopped", "finished", "failed"
]
ENDED = ("stopped", "finished", "failed")


@dataclass(frozen=True)
class Progress:
    """Where a run stands: one value, replaced whole.

    Attributes:
        state: `preparing` counts items `done` of `total`; the last three are ways to have ended.
        phase: What trains; the phase is `part`, from 1, of `parts`.
        remembered: Whether epochs go over remembered features: then they are quick, and ten or two
            for each that was asked for.
        epoch: From 1, of `epochs`, through all phases.
        kept: At the end, the epoch whose weights the model got back; 0 where that did not happen.
        batch: Batches done in this epoch, of `batches`.
        step: Steps done in all.
        points: (step, training loss, rate) of every step since the last message.
        train_loss: The last step's.
        valid_loss: The last epoch's, at the end the kept one's.
        metrics: Likewise, by name.
        lr: The learning rate.
        rate: Items a second.
        left: Seconds until what goes on now, the preparation or this part of the training, ends at
            this pace; what comes after has another.
        error: What went wrong, in a sentence.
        warning: What went wrong without ending the run, such as a checkpoint that found no room.
    """

    state: State = "ready"
    done: int = 0
    total: int = 0
    phase: str = ""
    part: int = 0
    parts: int = 0
    remembered: bool = False
    epoch: int = 0
    epochs: int = 0
    batch: int = 0
    batches: int = 0
    step: int = 0
    kept: int = 0
    points: tuple[Point, ...] = ()
    train_loss: float | None = None
    valid_loss: float | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    lr: float = 0.0
    rate: float = 0.0
    left: float | None = None
    error: str = ""
    warning: str = ""
