"""Which parameters train: groups, freezing, and where a frozen front can be cut off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

Groups = list[list[nn.Parameter]]
Splitter = Callable[[nn.Module], Groups]

NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)


def by_children(model: nn.Module) -> Groups:
    """One group for each child with parameters of an `nn.Sequential`, else one group for all."""
    parts = list(model.children()) if isinstance(model, nn.Sequential) else [model]
    groups = [list(part.parameters()) for part in parts]
    return [group for group in groups if group] or [[]]


def freeze_front(groups: Groups, n: int) -> None:
    """The first `n` groups keep their weights, the others train."""
    for index, group in enumerate(groups):
        for parameter in group:
            parameter.requires_grad_(index >= n)


def train_mode(model: nn.Module, steady: Sequence[Sequence[nn.Parameter]] = ()) -> None:
    """Training mode, but parts whose parameters are all frozen stay in evaluation mode.

    So their norms use the running statistics and their dropout rests, as cached features need.
    Norms with parameters in the groups `steady` use their running statistics although they train.
    """
    _train_what_is_free(model)
    for norm in batch_norms(model, steady):
        norm.eval()


def batch_norms(
    model: nn.Module, groups: Sequence[Sequence[nn.Parameter]]
) -> list[nn.modules.batchnorm._NormBase]:
    """The norms with running statistics that have a weight in one of the groups."""
    weights = {parameter for group in groups for parameter in group}
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._NormBase)]
    return [norm for norm in norms if norm.weight in weights and norm.running_mean is not None]


def _train_what_is_free(model: nn.Module) -> None:
    parameters = list(model.parameters())
    frozen = bool(parameters) and not any(p.requires_grad for p in parameters)
    model.training = not frozen
    for child in model.children():
        if frozen:
            child.eval()
        else:
            _train_what_is_free(child)


def frozen_children(model: nn.Module) -> int:
    """How many children at the front of an `nn.Sequential` can be run once and remembered.

    Those are frozen, or (after a frozen one) have no parameters and give the same every time; 0 for
    any other module.
    """
    if not isinstance(model, nn.Sequential):
        return 0
    count = 0
    for child in model:
        parameters = list(child.parameters())
        trains = any(p.requires_grad for p in parameters)
        if trains or (not parameters and (not count or _varies(child))):
            break
        count += 1
    return count if count < len(model) else 0


def _varies(module: nn.Module) -> bool:
    """Whether a module without parameters does something else in training: dropout, statistics."""
    dropout = any(isinstance(part, nn.modules.dropout._DropoutNd) for part in module.modules())
    return dropout or any(True for _ in module.buffers())


def _without_decay(model: nn.Module) -> set[nn.Parameter]:
    """Biases and the parameters of norms."""
    rest: set[nn.Parameter] = set()
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if isinstance(module, NORMS) or "bias" in name:
                rest.add(parameter)
    return rest


def optimizer_groups(
    model: nn.Module, groups: Groups, rates: Sequence[float], decay: float
) -> list[dict[str, Any]]:
    """PyTorch parameter groups: one for each rate and weight decay, as a step costs time a group.

    As fast.ai does it, weight decay spares biases and norms. `rates` has one highest rate a group.
    """
    rest = _without_decay(model)
    found: dict[tuple[float, float], list[nn.Parameter]] = {}
    for group, rate in zip(groups, rates, strict=True):
        for parameter in group:
            if parameter.requires_grad:
                key = rate, 0.0 if parameter in rest else decay
                found.setdefault(key, []).append(parameter)
    return [
        {"params": parameters, "lr": rate, "top": rate, "weight_decay": weight_decay}
        for (rate, weight_decay), parameters in found.items()
    ]


def spread(lr: float | slice, n: int) -> list[float]:
    """One highest rate for each of `n` groups: `slice(low, high)` is spread evenly on a log scale.

    `slice(high)` gives the last group `high` and the others a tenth, as fast.ai does.
    """
    if not isinstance(lr, slice):
        return [float(lr)] * n
    if lr.start is None:
        return [float(lr.stop) / 10] * (n - 1) + [float(lr.stop)]
    if n == 1:
        return [float(lr.stop)]
    step = (lr.stop / lr.start) ** (1 / (n - 1))
    return [float(lr.start * step**k) for k in range(n)]


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """A copy of every parameter and buffer."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


@torch.no_grad()
def put_back(model: nn.Module, state: dict[str, Tensor]) -> None:
    """Copies a `snapshot` of the model, or of a part of it, back in place, bit for bit."""
    own = model.state_dict()
    for name, tensor in state.items():  # a part that was cut off keeps the names of the whole
        own[name].copy_(tensor)
