from __future__ import annotations

import pytest
import torch

from coursekit.learn.loaders import DataLoaders, TensorLoader, to_device


def test_batches_of_any_shape_reach_the_device() -> None:
    batch = {"x": [torch.ones(2), (torch.zeros(1), "name")], "y": 3}
    moved = to_device(batch, torch.device("meta"))
    assert moved["x"][0].device.type == "meta"
    assert moved["x"][1][0].device.type == "meta"
    assert (moved["x"][1][1], moved["y"]) == ("name", 3)


@pytest.mark.parametrize("n", range(1, 14))
@pytest.mark.parametrize("shuffle", [False, True])
def test_every_item_comes_once_and_no_training_batch_is_of_one_item(n: int, shuffle: bool) -> None:
    loader = TensorLoader(torch.arange(n), torch.arange(n), 4, shuffle)
    batches = list(loader)
    assert len(batches) == len(loader)
    found = torch.cat([x for x, _ in batches])
    assert sorted(found.tolist()) == list(range(n))
    assert all(torch.equal(x, y) for x, y in batches)
    if shuffle and n > 1:
        assert min(len(x) for x, _ in batches) > 1


def test_one_batch_is_the_first_on_the_device() -> None:
    dls = DataLoaders([(torch.ones(2), torch.zeros(2))], [], device="cpu")
    x, y = dls.to("meta").one_batch()
    assert (x.device.type, y.device.type) == ("meta", "meta")
