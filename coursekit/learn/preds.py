"""Predictions of a trained model: over a whole loader, or of one item."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from coursekit.core.errors import CourseError
from coursekit.learn import metrics
from coursekit.learn.events import CancelBatchException
from coursekit.learn.loaders import to_device

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop


def activated(learn: Loop, outputs: Tensor) -> Tensor:
    """Raw outputs as probabilities where the loss works on logits, else as they are."""
    if isinstance(learn.loss_func, nn.CrossEntropyLoss) or learn.loss_func is cross_entropy:
        return outputs.softmax(1 if outputs.ndim > 2 else -1)
    if isinstance(learn.loss_func, nn.BCEWithLogitsLoss):
        return outputs.sigmoid()
    return outputs


@torch.no_grad()
def judge(learn: Loop, part: nn.Module, loader: Any) -> tuple[dict[str, float], Tensor, Tensor]:
    """Loss and metrics over all of `loader`, the raw predictions and the targets."""
    part.eval()
    learn.training = False
    losses: list[Tensor] = []
    outputs: list[Tensor] = []
    targets: list[Tensor] = []
    for learn.iter, batch in enumerate(loader):
        learn.batch = to_device(batch, learn.dls.device)
        with suppress(CancelBatchException):
            learn.forward(part)
            losses.append(learn.loss.float() * len(learn.batch[-1]))
            outputs.append(learn.pred)
            targets.append(learn.batch[-1])
        learn.tell("after_batch")
    if not targets:
        raise CourseError("There is no item to validate on. Set some aside with valid_pct=0.2.")
    all_outputs, all_targets = torch.cat(outputs).float(), torch.cat(targets)
    values = {"loss": float(torch.stack(losses).sum()) / len(all_targets)}
    return (
        values | metrics.scores(learn.metrics, all_outputs, all_targets),
        all_outputs,
        all_targets,
    )


def get_preds(learn: Loop, loader: Iterable[Any]) -> tuple[Tensor, Tensor]:
    """Activated predictions and targets, both on the CPU."""
    with learn.alone():
        _, outputs, targets = judge(learn, learn.model, loader)
    return activated(learn, outputs).cpu(), targets.cpu()


@torch.no_grad()
def predict(learn: Loop, item: Any) -> tuple[Any, Tensor, Tensor]:
    """(label, index, probabilities); without a vocab (value, value, value)."""
    make_input = getattr(learn.dls, "input_of", None)
    x = make_input(item) if make_input else torch.as_tensor(item)[None]
    with learn.alone():
        learn.model.eval()
        outputs = learn.model(to_device(x, learn.dls.device)).float()
    values = activated(learn, outputs)[0].cpu()
    vocab = getattr(learn.dls, "vocab", None)
    if vocab is None:
        return values, values, values
    index = values.argmax()
    return vocab[int(index)], index, values
