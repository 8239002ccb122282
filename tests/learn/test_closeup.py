from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from support_runs import PATIENCE, Gate, wait_for
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from coursekit.learn.closeup import Closeup, StepCloseup
from coursekit.learn.learner import Learner
from coursekit.vision.data import ImageDataLoaders

Make = Callable[..., Learner]


class Watched(StepCloseup):
    """Wants every step."""

    def __init__(self) -> None:
        self.seen: list[Closeup] = []
        super().__init__(self.seen.append)

    def before_batch(self, learn: Learner) -> None:
        self.wanted = True


def test_nothing_is_looked_at_unless_wanted(classifier: Make) -> None:
    seen: list[Closeup] = []
    classifier().fit(1, cbs=StepCloseup(seen.append))
    assert seen == []


def test_a_step_is_told_once_with_its_loss_and_rate(classifier: Make) -> None:
    learn, watched = classifier(), Watched()
    learn.fit(1, cbs=watched)
    assert [it.step for it in watched.seen] == [1, 2, 3, 4, 5, 6]
    assert [it.loss for it in watched.seen] == pytest.approx(learn.history.losses)
    assert watched.seen[0].lr == learn.history.rates[0]
    assert watched.seen[0].size == 16
    assert len(watched.seen[0].items) == 12
    assert all(0 <= (item.probability or -1) <= 1 for item in watched.seen[0].items)


def test_a_weight_moves_against_its_gradient_by_the_rate() -> None:
    x = torch.randn(32, 3)
    loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=32)
    model = nn.Linear(3, 1)
    learn = Learner((loader, loader), model, nn.MSELoss(), torch.optim.SGD, seed=1)
    watched = Watched()
    learn.fit(1, lr=0.1, wd=0.0, cbs=watched)
    (seen,) = watched.seen
    assert len(seen.weights) == 3
    for weight in seen.weights:
        assert weight.after == pytest.approx(weight.before - 0.1 * weight.gradient, abs=1e-6)
        assert weight.name.startswith("weight[0, ")
    assert seen.moved == pytest.approx(0.1 * seen.gradient, rel=1e-4)
    assert seen.items[0].probability is None
    assert seen.items[0].picture is None


def test_photos_of_remembered_features_are_the_right_ones(
    photos: Callable[..., ImageDataLoaders], small_vision: Callable[..., Learner]
) -> None:
    dls, watched = photos(), Watched()
    learn = small_vision(dls)
    learn.fit(1, cbs=watched)
    assert learn.history.phases[-1]["cached"]
    plain = {
        dls.train.dataset.items[i].name: picture.numpy()
        for i in range(len(dls.train.dataset))
        for picture in dls.train.to_pictures(dls.train.in_order([i]).batch([i])[0])
    }
    labels = {name: name.rpartition("_")[0] for name in plain}
    for item in watched.seen[0].items:
        assert item.picture is not None
        names = [n for n, p in plain.items() if np.abs(p * 255 - item.picture).max() < 1]
        assert item.label in {labels[name] for name in names}


def test_photos_that_are_varied_each_time_are_shown_as_the_model_got_them(
    photos: Callable[..., ImageDataLoaders], small_vision: Callable[..., Learner]
) -> None:
    from coursekit.vision.transforms import aug_transforms

    learn, watched = small_vision(photos(batch_tfms=aug_transforms())), Watched()
    learn.fit(1, cbs=watched)
    assert not learn.history.phases[-1]["cached"]
    picture = watched.seen[0].items[0].picture
    assert picture is not None
    assert (picture.shape, picture.dtype) == ((32, 32, 3), np.dtype("uint8"))


def test_a_stepped_run_is_looked_at_step_by_step(classifier: Make) -> None:
    seen: list[Closeup] = []
    closeup, gate = StepCloseup(seen.append), Gate(0, 0)
    run = classifier().start("fit", 2, cbs=[gate, closeup])
    run.pause()
    gate.open.set()
    wait_for(run, "paused")
    for _ in range(2):
        closeup.wanted = True
        run.step()
    assert len(seen) == 2
    assert seen[1].step == seen[0].step + 1
    run.resume()
    run.wait(PATIENCE)
    assert len(seen) == 2
