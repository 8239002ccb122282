from __future__ import annotations

from typing import Any

import pytest
import timm
import torch
from torch import Tensor, nn
from torchvision.models import densenet121, mobilenet_v3_small, resnet34, vgg11

from coursekit.learn.freezing import NORMS, by_children, freeze_front, frozen_children
from coursekit.vision.augment import imagenet_stats
from coursekit.vision.models import (
    DEFAULT,
    Arch,
    Body,
    UnknownArchitecture,
    body_of,
    build,
    class_maps,
    name_of,
    whole,
)

TIMM_MAPS = ["tf_efficientnet_lite0", "resnet18", "test_convnext", "regnetx_002"]
CUT = [*TIMM_MAPS, resnet34, mobilenet_v3_small, "densenet121"]
VECTORS = ["test_vit", densenet121]


def name(arch: Arch) -> str:
    return f"{name_of(arch)}{'' if isinstance(arch, str) else ' of torchvision'}"


def seeded(arch: Arch) -> tuple[nn.Module, Body]:
    """A network and the body made of it: the same seed gives both the same weights."""
    torch.manual_seed(0)
    original = timm.create_model(arch) if isinstance(arch, str) else arch(weights=None)
    torch.manual_seed(0)
    return original.eval(), body_of(arch, pretrained=False)


def said(body: Body, x: Tensor) -> Tensor:
    return nn.Sequential(body.trunk, body.last).eval()(x)


def into_classifier(model: nn.Module, x: Tensor) -> Tensor:
    """What a network's classifier is given."""
    layer: Any = getattr(model, "classifier", None) or getattr(model, "fc", None) or model.head
    given: list[Tensor] = []
    layer.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    model(x)
    return given[0]


@torch.no_grad()
@pytest.mark.parametrize("arch", TIMM_MAPS, ids=name)
def test_the_body_says_what_timms_network_says(arch: str) -> None:
    original, body = seeded(arch)
    x = torch.randn(2, 3, 96, 96)
    maps = said(body, x)
    assert torch.allclose(maps, original.forward_features(x), atol=1e-4)
    assert maps.shape[:2] == (2, body.width)


@torch.no_grad()
@pytest.mark.parametrize("arch", [resnet34, mobilenet_v3_small, vgg11], ids=name)
def test_the_body_says_what_torchvisions_network_says(arch: Any) -> None:
    original, body = seeded(arch)
    x = torch.randn(2, 3, 224, 224)
    maps = said(body, x)
    pooled = original.avgpool(maps).flatten(1)  # type: ignore[operator, union-attr]
    assert torch.allclose(pooled, into_classifier(original, x), atol=1e-4)
    assert (body.maps, maps.shape[1]) == (True, body.width)


@torch.no_grad()
@pytest.mark.parametrize("arch", VECTORS, ids=name)
def test_a_network_that_cannot_be_taken_apart_gives_vectors(arch: Arch) -> None:
    original, body = seeded(arch)
    x = torch.randn(2, 3, 160, 160)
    vectors = said(body, x)
    assert torch.allclose(vectors, into_classifier(original, x), atol=1e-4)
    assert (body.maps, vectors.shape, len(body.last)) == (False, (2, body.width), 0)


@pytest.mark.parametrize("arch", CUT, ids=name)
def test_the_cut_falls_before_the_last_stage(arch: Arch) -> None:
    body = body_of(arch, pretrained=False)
    layers = [layer for layer in body.last if not isinstance(layer, NORMS)]
    stages = [layer for layer in layers if any(True for _ in layer.children())]
    assert len(stages) == 1
    assert len(list(body.trunk.parameters())) > 0


@pytest.mark.parametrize("arch", [*CUT, *VECTORS, vgg11], ids=name)
def test_all_but_the_head_can_run_once_and_be_remembered(arch: Arch) -> None:
    model, _ = build(arch, 3, pretrained=False)
    assert [part for part, _ in model.named_children()] == ["trunk", "last", "pool", "head"]
    groups = by_children(model)
    freeze_front(groups, len(groups) - 1)
    assert frozen_children(model) == 3
    assert model.head.linear.weight.shape[0] == 3  # type: ignore[union-attr]


def test_mean_and_deviation_are_those_the_weights_were_trained_with() -> None:
    lite = body_of(DEFAULT, pretrained=False)
    assert (lite.mean, lite.std) == ((0.5,) * 3, (0.5,) * 3)
    for arch in ("resnet18", mobilenet_v3_small):
        body = body_of(arch, pretrained=False)
        assert (body.mean, body.std) == imagenet_stats


@torch.no_grad()
@pytest.mark.parametrize("arch", [DEFAULT, resnet34], ids=name)
def test_class_maps_average_to_the_logits_but_for_a_bias(arch: Arch) -> None:
    torch.manual_seed(0)
    model, _ = build(arch, 5, pretrained=False)
    head: Any = model.eval().get_submodule("head")
    norm, linear = head.norm, head.linear
    for tensor in (norm.weight, norm.running_var):
        nn.init.uniform_(tensor, 0.5, 2)
    for tensor in (norm.bias, norm.running_mean, linear.bias):
        nn.init.normal_(tensor)
    features = model[:2](torch.randn(2, 3, 96, 96))
    maps = class_maps(model, features)
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    bias = linear.bias + linear.weight @ (norm.bias - norm.running_mean * scale)
    assert maps.shape == (2, 5, 3, 3)
    assert torch.allclose(maps.mean((2, 3)) + bias, model[2:](features), atol=1e-4)


@torch.no_grad()
def test_the_whole_network_keeps_its_own_classifier() -> None:
    model = whole(DEFAULT)
    features = model[:2](torch.zeros(1, 3, 64, 64))
    logits, maps = model[2:](features), class_maps(model, features)
    bias = model.get_submodule("head.linear").bias
    assert logits.shape == (1, 1000)
    assert torch.allclose(maps.mean((2, 3)) + bias, logits, atol=1e-4)


def test_an_unknown_name_is_answered_with_one_that_works() -> None:
    with pytest.raises(UnknownArchitecture, match="'resnet_34' is no architecture") as caught:
        build("resnet_34", 2)
    assert repr(DEFAULT) in str(caught.value)
