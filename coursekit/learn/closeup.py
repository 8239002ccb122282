"""One training step looked at closely: its items, what the model said, what the step changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from coursekit.learn.events import Callback

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop

MOST_ITEMS = 12
MOST_WEIGHTS = 4


@dataclass(frozen=True, eq=False)
class Item:
    """One item of a batch, as the model saw it before the step.

    Attributes:
        label: What is right.
        predicted: What the model said.
        probability: How sure it was of that, 0 to 1; None where it predicts no classes.
        loss: This item's own; None likewise.
        picture: uint8 of shape (height, width, 3); None where items are no photos.
    """

    label: str
    predicted: str
    probability: float | None
    loss: float | None
    picture: NDArray[np.uint8] | None


@dataclass(frozen=True)
class Weight:
    """One number of the model: where it is, its value before and after a step, its gradient."""

    name: str
    before: float
    after: float
    gradient: float


@dataclass(frozen=True, eq=False)
class Closeup:
    """What one step was like.

    Attributes:
        step: Which, from 1.
        size: Items in the batch.
        loss: Their mean loss, before the step.
        lr: The learning rate.
        gradient: The L2 norm of the gradient over all weights that train.
        moved: The L2 norm of the change of those weights.
        items: The first of the batch, at most `MOST_ITEMS`.
        weights: Those of the last layer that moved most, at most `MOST_WEIGHTS`.
    """

    step: int
    size: int
    loss: float
    lr: float
    gradient: float
    moved: float
    items: tuple[Item, ...]
    weights: tuple[Weight, ...]


class StepCloseup(Callback):
    """Tells `tell` what the next step is like, each time after `wanted` was set to True.

    Args:
        tell: Called in the training's thread with the `Closeup`.
    """

    def __init__(self, tell: Callable[[Closeup], object]) -> None:
        self.tell, self.wanted, self.looking = tell, False, False
        self.before: list[Tensor] = []
        self.gradients: list[Tensor] = []

    def after_loss(self, learn: Loop) -> None:
        if self.wanted and learn.training:
            self.wanted, self.looking = False, True
            self.before = [p.detach().clone() for p in trained(learn.part)]

    def after_backward(self, learn: Loop) -> None:
        if self.looking:
            scale = learn.scaler.get_scale() if learn.scaler else 1.0
            empty = torch.zeros(())
            self.gradients = [
                empty if p.grad is None else p.grad.detach() / scale for p in trained(learn.part)
            ]

    def after_step(self, learn: Loop) -> None:
        if not self.looking:
            return
        self.looking = False
        try:
            made = self._made(learn)
        except Exception:  # noqa: BLE001 - to look on must never end a training
            return
        finally:
            self.before, self.gradients = [], []
        self.tell(made)

    def _made(self, learn: Loop) -> Closeup:
        after = [p.detach() for p in trained(learn.part)]
        moves = [new - old for new, old in zip(after, self.before, strict=True)]
        return Closeup(
            step=len(learn.history) + 1,
            size=len(learn.batch[-1]),
            loss=float(learn.loss.detach()),
            lr=float(learn.optimizer.param_groups[-1]["lr"]),
            gradient=norm(self.gradients),
            moved=norm(moves),
            items=tuple(items_of(learn)),
            weights=tuple(self._weights(learn, after, moves)),
        )

    def _weights(self, learn: Loop, after: list[Tensor], moves: list[Tensor]) -> list[Weight]:
        names = [name for name, p in learn.part.named_parameters() if p.requires_grad]
        layer = max((i for i, p in enumerate(after) if p.ndim > 1), default=len(after) - 1)
        most = moves[layer].flatten().abs().topk(min(MOST_WEIGHTS, moves[layer].numel())).indices
        found = []
        for flat in most.tolist():
            place = ", ".join(str(int(i)) for i in np.unravel_index(flat, after[layer].shape))
            old, new, slope = (
                float(t.flatten()[flat]) if t.numel() > flat else 0.0
                for t in (self.before[layer], after[layer], self.gradients[layer])
            )
            found.append(Weight(f"{names[layer]}[{place}]", old, new, slope))
        return found


def trained(part: nn.Module) -> list[nn.Parameter]:
    """The parameters that a step changes."""
    return [p for p in part.parameters() if p.requires_grad]


def norm(tensors: Sequence[Tensor]) -> float:
    """The L2 norm over all of them."""
    return float(sum(float(t.float().pow(2).sum()) for t in tensors) ** 0.5)


def items_of(learn: Loop) -> list[Item]:
    """The first items of the batch with what the model said of them."""
    target = learn.batch[-1][:MOST_ITEMS].cpu()
    pred = learn.pred[:MOST_ITEMS].detach().float().cpu()
    pictures = pictures_of(learn, len(target))
    if pred.ndim != 2 or target.is_floating_point() or target.ndim != 1:
        return [
            Item(plain(t), plain(p), None, None, picture)
            for t, p, picture in zip(target, pred, pictures, strict=True)
        ]
    vocab = getattr(learn.dls, "vocab", None) or [str(i) for i in range(pred.shape[1])]
    probs, best = pred.softmax(1).max(1)
    losses = nn.functional.cross_entropy(pred, target, reduction="none")
    rows = zip(target.tolist(), best.tolist(), probs.tolist(), losses.tolist(), strict=True)
    return [
        Item(str(vocab[t]), str(vocab[b]), prob, loss, picture)
        for (t, b, prob, loss), picture in zip(rows, pictures, strict=True)
    ]


def plain(value: Tensor) -> str:
    """A number, or the first numbers of several, to three digits."""
    numbers = [f"{number:.3g}" for number in value.flatten()[:3].tolist()]
    return ", ".join(numbers) + (", …" if value.numel() > 3 else "")


def pictures_of(learn: Loop, n: int) -> list[NDArray[np.uint8] | None]:
    """The photos of the first `n` items, where items are photos."""
    loader: Any = learn.dls.train
    if not hasattr(loader, "to_pictures"):
        return [None] * n
    x = learn.batch[0][:n]
    rows = getattr(learn.loader, "rows", None)
    if rows is not None:  # the batch is of remembered features: read the photos themselves
        found = loader.in_order().batch(rows[:n])
        if found is None or len(found[0]) != n:
            return [None] * n
        x = found[0]
    return [(p * 255).round().byte().numpy() for p in loader.to_pictures(x)]
