"""Architectures: a pretrained body cut into a trunk and a last stage, and a new head on it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torchvision import models

from coursekit.core.errors import CourseError
from coursekit.learn.freezing import NORMS
from coursekit.vision.augment import imagenet_stats
from coursekit.vision.weights import BUNDLED, load_torchvision_weights, pretrained_timm

Arch = str | Callable[..., nn.Module]

DEFAULT = BUNDLED
"""The architecture whose ImageNet weights come with the installation."""


class UnknownArchitecture(CourseError):
    """There is no architecture of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is no architecture that timm knows. Use {DEFAULT!r}, whose weights are "
            "installed, a torchvision builder such as resnet34, or a name from timm.list_models()."
        )


@dataclass(frozen=True)
class Body:
    """A network without its classifier.

    Attributes:
        trunk: Everything up to the last stage.
        last: The last stage; empty where the network can't be cut there.
        width: Channels of what comes out.
        maps: Whether that is a map (n, width, h, w) rather than a vector (n, width).
        mean: What is taken from the colours (0 to 1) on the way in.
        std: What they are divided by after that.
    """

    trunk: nn.Module
    last: nn.Sequential
    width: int
    maps: bool
    mean: Sequence[float]
    std: Sequence[float]


def name_of(arch: Arch) -> str:
    """An architecture's name, as recipes keep it."""
    return arch if isinstance(arch, str) else arch.__name__


def library_of(arch: Arch) -> str:
    """Where an architecture and its weights are from: the same name may be in two libraries."""
    return "timm" if isinstance(arch, str) else arch.__module__.partition(".")[0]


def arch_of(name: str, library: str) -> Arch:
    """The architecture that `name_of` and `library_of` named.

    Raises:
        UnknownArchitecture: There is none of that name.
    """
    if library == "timm":
        return name
    if library != "torchvision" or name not in models.list_models():
        raise UnknownArchitecture(name)
    builder: Arch = models.get_model_builder(name)
    return builder


def build(arch: Arch, n_out: int, pretrained: bool = True) -> tuple[nn.Sequential, Body]:
    """A model `trunk, last, pool, head` for `n_out` classes, and the body it was made from.

    Args:
        arch: A torchvision builder such as `resnet34`, or any timm name.
        n_out: Classes.
        pretrained: Whether the body starts with ImageNet weights rather than at random.

    Raises:
        UnknownArchitecture: timm has no such name.
        CourseError: The weights can't be had.
    """
    body = body_of(arch, pretrained)
    pool = _pool() if body.maps else nn.Identity()
    model = _assembled(body.trunk, body.last, pool, head(body.width, n_out))
    return model.to(memory_format=torch.channels_last), body


def _pool() -> nn.Module:
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())


def _assembled(
    trunk: nn.Module, last: nn.Module, pool: nn.Module, head: nn.Module
) -> nn.Sequential:
    parts = {"trunk": trunk, "last": last, "pool": pool, "head": head}
    return nn.Sequential(OrderedDict(parts))


def head(width: int, n_out: int) -> nn.Sequential:
    """Norm, dropout and one linear layer: (n, width) to (n, n_out)."""
    linear = nn.Linear(width, n_out)
    nn.init.kaiming_normal_(linear.weight, nonlinearity="linear")
    nn.init.zeros_(linear.bias)
    parts = {"norm": nn.BatchNorm1d(width), "dropout": nn.Dropout(0.25), "linear": linear}
    return nn.Sequential(OrderedDict(parts))


def body_of(arch: Arch, pretrained: bool) -> Body:
    """The body of an architecture, cut before its last stage where that can be done."""
    if isinstance(arch, str):
        model, mean, std = _timm(arch, pretrained)
    else:
        model, (mean, std) = arch(weights=None), imagenet_stats
        if pretrained:
            load_torchvision_weights(model, arch)
    layers = _as_layers(model)
    if layers is None:
        vectors, width = _as_vectors(model)
        return Body(vectors, nn.Sequential(), width, False, mean, std)
    trunk, last = _cut(layers)
    with torch.no_grad():
        width = nn.Sequential(trunk, last).eval()(torch.zeros(1, 3, 64, 64)).shape[1]
    return Body(trunk, last, width, True, mean, std)


def _timm(name: str, pretrained: bool) -> tuple[nn.Module, Sequence[float], Sequence[float]]:
    import timm

    if not timm.is_model(name):
        raise UnknownArchitecture(name)
    model = pretrained_timm(name) if pretrained else timm.create_model(name)
    settings: Any = model.pretrained_cfg
    return model, tuple(settings["mean"]), tuple(settings["std"])


def _as_layers(model: nn.Module) -> list[nn.Module] | None:
    """The layers before pooling in order, if running them one by one is what the model does.

    Children that hold a list of stages are opened, so that the cut can fall between two of them.
    """
    layers: list[nn.Module] = []
    for name, child in model.named_children():
        if name in ("global_pool", "avgpool", "classifier", "fc", "head", "attnpool"):
            break
        layers.extend(child.children() if _holds_stages(name, child) else [child])
    forward = getattr(model, "forward_features", None)
    return layers if layers and _same(model, layers, forward) else None


def _holds_stages(name: str, child: nn.Module) -> bool:
    """Whether this is a list of stages rather than one stage of blocks (as in a ResNet)."""
    if not isinstance(child, nn.Sequential):
        return False
    return name in ("features", "stages") or all(isinstance(p, nn.Sequential) for p in child)


@torch.no_grad()
def _same(model: nn.Module, layers: list[nn.Module], forward: Any) -> bool:
    model.eval()
    x = torch.linspace(-1, 1, 3 * 64 * 64).view(1, 3, 64, 64)
    try:
        out = nn.Sequential(*layers)(x)
        if out.ndim != 4:
            return False
        if forward is not None:
            return bool(torch.allclose(out, forward(x), atol=1e-4))
        # torchvision has no forward_features: compare at the end instead
        rest = [
            child
            for name, child in model.named_children()
            if name in ("avgpool", "classifier", "fc")
        ]
        if len(rest) < 2:
            return False
        pooled = torch.flatten(rest[0](out), 1)
        return bool(torch.allclose(nn.Sequential(*rest[1:])(pooled), model(x), atol=1e-4))
    except (RuntimeError, TypeError, ValueError, AssertionError, NotImplementedError):
        return False


def _cut(layers: list[nn.Module]) -> tuple[nn.Sequential, nn.Sequential]:
    """The trunk and the last stage, which begins with the last layer that is made of layers."""
    stages = [k for k, layer in enumerate(layers) if k and _is_stage(layer)]
    cut = stages[-1] if stages else len(layers) - 1
    return nn.Sequential(*layers[:cut]), nn.Sequential(*layers[cut:])


def _is_stage(layer: nn.Module) -> bool:
    made_of_layers = any(True for _ in layer.children()) and not isinstance(layer, NORMS)
    return made_of_layers and any(True for _ in layer.parameters())


def _as_vectors(model: nn.Module) -> tuple[nn.Module, int]:
    """A network that can't be taken apart, without its classifier: pictures to vectors."""
    for name in ("fc", "classifier", "head", "heads"):
        layer: Any = getattr(model, name, None)
        linear = layer if isinstance(layer, nn.Linear) else None
        linear = linear or next(
            (m for m in reversed(list(_modules(layer))) if isinstance(m, nn.Linear)), None
        )
        if linear is not None:
            width = linear.in_features
            _replace(model, linear, nn.Identity())
            return model, width
    raise CourseError(
        f"{type(model).__name__} can't be cut into a body and a head here. "
        "Choose a ResNet, an EfficientNet or another timm name."
    )


def _modules(layer: Any) -> Iterable[nn.Module]:
    return layer.modules() if isinstance(layer, nn.Module) else ()


def _replace(model: nn.Module, old: nn.Module, new: nn.Module) -> None:
    for parent in model.modules():
        for name, child in parent.named_children():
            if child is old:
                setattr(parent, name, new)


def whole(arch: str) -> nn.Sequential:
    """A pretrained timm network with its own ImageNet classifier, as `trunk, last, pool, head`."""
    model, _, _ = _timm(arch, pretrained=True)
    layers = _as_layers(model)
    classifier: Any = model.get_submodule("classifier")
    if layers is None:
        raise CourseError(f"{arch} can't be taken apart here.")
    ending: dict[str, nn.Module] = {"linear": classifier}
    return _assembled(*_cut(layers), _pool(), nn.Sequential(OrderedDict(ending))).eval()


def class_maps(model: nn.Sequential, features: Tensor) -> Tensor:
    """Class activation maps (n, classes, h, w) from what the last stage says (n, width, h, w).

    The head's norm is folded into its linear layer.

    Source: Zhou, Khosla, Lapedriza, Oliva and Torralba, Learning Deep Features for Discriminative
    Localization (2016).
    """
    parts = dict(model.get_submodule("head").named_children())
    weight: Any = parts["linear"].weight
    if norm := cast(Any, parts.get("norm")):
        weight = weight * (norm.weight / torch.sqrt(norm.running_var + norm.eps))
    return torch.einsum("bchw,kc->bkhw", features, weight)
