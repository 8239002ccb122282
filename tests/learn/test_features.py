from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from coursekit.core.errors import CourseError
from coursekit.learn import features
from coursekit.learn.learner import Learner
from coursekit.learn.loaders import TensorLoader
from coursekit.vision.augment import aug_transforms
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import vision_learner
from coursekit.vision.transforms import Resize

Photos = Callable[..., ImageDataLoaders]
Make = Callable[..., Learner]


@torch.no_grad()
def uncached(learn: Any, children: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The frozen front's outputs over the training and the validation items, by PyTorch."""
    front = learn.model[:children].eval()
    return tuple(
        torch.cat([front(x) for x, _ in loader.in_order()])
        for loader in (learn.dls.train, learn.dls.valid)
    )


class Counter:
    """Counts how many items run through a module."""

    def __init__(self, module: nn.Module) -> None:
        self.items = 0
        module.register_forward_pre_hook(self.count)

    def count(self, module: nn.Module, inputs: tuple[torch.Tensor]) -> None:
        self.items += inputs[0].shape[0]


def by_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the body run by PyTorch, so that it can be counted."""
    monkeypatch.setattr(features, "runner", lambda body, x, items: body)


def test_remembered_features_equal_an_uncached_frozen_pass(
    photos: Photos, small_vision: Make
) -> None:
    learn = small_vision(photos())
    found = features.features_at(learn, 3)
    assert found is not None
    for part, plain in zip(found, uncached(learn, 3), strict=True):
        assert torch.allclose(part.x, plain, atol=1e-4)
    assert found[0].y.tolist() == learn.dls.train.dataset.targets


@pytest.mark.slow
@pytest.mark.parametrize("children", [1, 3])
def test_features_of_the_default_architecture_equal_an_uncached_pass(
    photos: Photos, children: int
) -> None:
    learn = vision_learner(photos(item_tfms=Resize(128)), seed=1)
    found = features.features_at(learn, children)
    assert found is not None
    for part, plain in zip(found, uncached(learn, children), strict=True):
        assert torch.allclose(part.x, plain, atol=1e-4)


def test_a_cached_epoch_has_the_losses_of_an_uncached_one(
    photos: Photos, small_vision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = small_vision(photos())
    cached.fit(2, 0.01)
    monkeypatch.setattr(features, "MEMORY", 0)
    plain = small_vision(photos())
    plain.fit(2, 0.01)
    assert cached.history.phases[0]["cached"] is True
    assert plain.history.phases[0]["cached"] is False
    assert cached.history.losses == pytest.approx(plain.history.losses, abs=1e-4)
    assert cached.validate() == pytest.approx(plain.validate(), abs=1e-4)


def test_the_body_runs_once_for_each_item_then_never(
    photos: Photos, small_vision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_torch(monkeypatch)
    learn = small_vision(photos())
    counter = Counter(learn.model[0])
    learn.fit(3)
    learn.fit(2)
    assert counter.items == 60
    again = small_vision(photos())  # the same weights, from the cache on disk
    counter = Counter(again.model[0])
    again.fit(1)
    assert counter.items == 0


def test_changed_weights_have_their_features_computed_anew(
    photos: Photos, small_vision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_torch(monkeypatch)
    learn = small_vision(photos())
    learn.fit(1)
    old = features.features_at(learn, 3)
    counter = Counter(learn.model[0])
    with torch.no_grad():
        learn.model[1][0].weight.mul_(1.5)
    new = features.features_at(learn, 3)
    assert counter.items == 60
    assert old is not None
    assert new is not None
    assert torch.allclose(new[0].x, uncached(learn, 3)[0], atol=1e-4)
    assert not torch.allclose(new[0].x, old[0].x, atol=1e-4)


def test_training_everything_makes_the_features_of_before_worthless(
    photos: Photos, small_vision: Make
) -> None:
    learn = small_vision(photos())
    learn.fit(1)
    learn.unfreeze()
    learn.fit(1)
    learn.freeze()
    learn.fit(1)
    found = features.features_at(learn, 3)
    assert found is not None
    assert torch.allclose(found[0].x, uncached(learn, 3)[0], atol=1e-4)


def test_a_longer_front_goes_on_from_a_shorter_one(
    photos: Photos, small_vision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_torch(monkeypatch)
    learn = small_vision(photos())
    counter = Counter(learn.model[0])
    learn.fine_tune(1, depth="last")
    assert counter.items == 60
    assert [phase["name"] for phase in learn.history.phases] == [
        "the head",
        "the last stage and the head",
    ]
    assert all(phase["cached"] for phase in learn.history.phases)


def test_too_many_features_train_uncached_and_the_history_says_why(
    photos: Photos, small_vision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "MEMORY", 1000)
    learn = small_vision(photos())
    learn.fit(1)
    (phase,) = learn.history.phases
    assert (phase["cached"], phase["why"]) == (
        False,
        "the remembered outputs would not fit into memory",
    )


def test_the_bound_on_memory_holds_for_features_from_the_disk_too(
    photos: Photos, small_vision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_vision(photos()).fit(1)
    monkeypatch.setattr(features, "MEMORY", 1000)
    learn = small_vision(photos())
    learn.fit(1)
    assert learn.history.phases[0]["cached"] is False


def test_random_augmentation_switches_the_cache_off_and_says_so(
    photos: Photos, small_vision: Make
) -> None:
    learn = small_vision(photos(batch_tfms=aug_transforms()))
    learn.fit(1)
    (phase,) = learn.history.phases
    assert (phase["cached"], phase["why"]) == (
        False,
        "random augmentation makes every pass different",
    )
    assert not learn.can_cache


def test_plain_loaders_are_never_cached(classifier: Make) -> None:
    learn = classifier()
    learn.freeze()
    learn.fit(1)
    assert learn.history.phases == [{"name": "the head", "epochs": 1, "cached": False}]


def test_what_can_not_be_read_is_left_out(
    photos: Photos, small_vision: Make, sixty_photos: Path, uploads: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "with some broken"
    shutil.copytree(sixty_photos, folder)
    for number, name in enumerate(("truncated_jpeg.jpg", "empty.png", "text_renamed.jpg"), 900):
        shutil.copy(uploads / name, folder / f"Bengal_{number}.jpg")
    learn = small_vision(photos(folder))
    with pytest.warns(UserWarning, match="Left out 3 of"):
        learn.fit(1)
    train, valid = learn.remembered[next(iter(learn.remembered))]
    assert len(train.y) + len(valid.y) == 60
    assert {skipped.name for skipped in learn.dls.skipped} == {
        "Bengal_900.jpg",
        "Bengal_901.jpg",
        "Bengal_902.jpg",
    }
    plain = torch.cat([y for _, y in learn.dls.train.in_order()])
    assert train.y.tolist() == plain.tolist()


def test_nothing_readable_is_said_in_words(
    photos: Photos, small_vision: Make, sixty_photos: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "gone"
    shutil.copytree(sixty_photos, folder)
    learn = small_vision(photos(folder))
    for file in folder.iterdir():
        file.write_bytes(b"no picture")
    with pytest.raises(CourseError, match=r"None of .* can be read"):
        learn.fit(1)
    assert not learn.busy


def test_dropout_behind_a_frozen_body_stays_active(photos: Photos) -> None:
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3, 4), nn.AdaptiveAvgPool2d(2), nn.Flatten())
    model = nn.Sequential(body, nn.Dropout(0.5), nn.Linear(16, 3))
    learn = Learner(photos(), model, seed=1)
    learn.freeze()
    active: list[bool] = []
    model[1].register_forward_pre_hook(lambda module, _: active.append(module.training))
    learn.fit(1)
    assert active.count(True) == len(learn.history)
    assert learn.history.phases[0]["cached"]


def test_other_data_has_features_of_its_own(
    photos: Photos, small_vision: Callable[..., Learner]
) -> None:
    learn = small_vision(photos())
    before = features.features_at(learn, 1)
    learn.dls = photos(valid_pct=0.5)
    after = features.features_at(learn, 1)
    assert before is not None
    assert after is not None
    assert len(after[0].x) < len(before[0].x)


def test_tensors_in_memory_with_a_frozen_front_are_trained_without_the_cache(
    network: Callable[[], nn.Sequential],
) -> None:
    x, y = torch.randn(40, 4), torch.randint(3, (40,))
    loaders = TensorLoader(x, y, 8, shuffle=True), TensorLoader(x, y, 8)
    learn = Learner(loaders, network(), nn.CrossEntropyLoss(), seed=1)
    learn.freeze()
    learn.fit(1)
    assert learn.history.phases == [{"name": "the head", "epochs": 1, "cached": False}]
    assert len(learn.get_preds(ds_idx=0)[1]) == 40
