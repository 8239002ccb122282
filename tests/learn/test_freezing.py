from __future__ import annotations

import pytest
import torch
from torch import nn

from coursekit.learn.freezing import (
    batch_norms,
    by_children,
    freeze_front,
    frozen_children,
    put_back,
    snapshot,
    spread,
    train_mode,
)


def model() -> nn.Sequential:
    body = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout())
    return nn.Sequential(body, nn.Flatten(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))


def test_each_child_with_parameters_is_a_group() -> None:
    assert [len(group) for group in by_children(model())] == [4, 2, 2]
    assert len(by_children(nn.Bilinear(2, 2, 2))) == 1


@pytest.mark.parametrize(("n", "children"), [(0, 0), (1, 2), (2, 4), (3, 0)])
def test_a_frozen_front_takes_what_has_no_parameters_along(n: int, children: int) -> None:
    net = model()
    freeze_front(by_children(net), n)
    assert frozen_children(net) == children


@pytest.mark.parametrize("layer", [nn.Dropout(), nn.BatchNorm1d(4, affine=False)])
def test_what_differs_in_training_ends_a_frozen_front(layer: nn.Module) -> None:
    net = nn.Sequential(nn.Linear(4, 4), layer, nn.Linear(4, 2))
    freeze_front(by_children(net), 1)
    assert frozen_children(net) == 1


def test_what_is_frozen_stays_in_evaluation_mode() -> None:
    net = model().eval()
    freeze_front(by_children(net), 1)
    train_mode(net)
    assert not any(module.training for module in net[0].modules())
    assert net.training
    assert net[4].training


def test_weights_come_back_bit_for_bit() -> None:
    net = model()
    kept, before = snapshot(net), net[0][0].weight  # type: ignore[index]
    net(torch.randn(8, 4)).sum().backward()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(1)
    put_back(net, kept)
    assert net[0][0].weight is before  # type: ignore[index]
    assert all(torch.equal(kept[name], tensor) for name, tensor in net.state_dict().items())


def test_rates_are_spread_evenly_on_a_log_scale() -> None:
    assert spread(0.1, 3) == [0.1] * 3
    assert spread(slice(1e-4, 1e-2), 3) == pytest.approx([1e-4, 1e-3, 1e-2])
    assert spread(slice(1e-2), 3) == pytest.approx([1e-3, 1e-3, 1e-2])
    assert spread(slice(1e-4, 1e-2), 1) == [1e-2]


def test_steady_norms_keep_their_statistics_while_all_else_trains() -> None:
    net = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(), nn.BatchNorm1d(4))
    groups = by_children(net)
    train_mode(net, groups[:-1])
    assert [module.training for module in net] == [True, False, True, True]
    assert all(parameter.requires_grad for parameter in net.parameters())
    train_mode(net)
    assert all(module.training for module in net)


def test_a_norm_without_statistics_or_weights_is_no_steady_one() -> None:
    net = nn.Sequential(
        nn.BatchNorm1d(4, track_running_stats=False), nn.BatchNorm1d(4, affine=False)
    )
    assert batch_norms(net, [list(net.parameters())]) == []
