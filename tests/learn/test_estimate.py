from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import torch

from coursekit.learn import estimate as estimates
from coursekit.learn.estimate import Estimate, Saving
from coursekit.learn.learner import Learner
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import vision_learner
from coursekit.vision.transforms import Resize

Make = Callable[..., Learner]


def test_it_changes_nothing_about_the_learner(
    classifier: Make, weights: Callable[[Learner], str]
) -> None:
    learn = classifier()
    learn.fit(1)
    learn.freeze()
    kept, dice = weights(learn), torch.get_rng_state()
    rest = [learn.history, learn.plan, learn.fits, learn.frozen]
    assert learn.estimate(2).seconds > 0
    assert weights(learn) == kept
    assert torch.equal(torch.get_rng_state(), dice)
    assert [learn.history, learn.plan, learn.fits, learn.frozen] == rest
    assert [p.requires_grad for p in learn.groups[0]] == [False] * len(learn.groups[0])
    assert not any(module.training for module in learn.model.modules())


def test_it_is_about_right(classifier: Make) -> None:
    class Slow(torch.nn.Sequential):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if self.training:
                time.sleep(0.02)
            return super().forward(x)  # type: ignore[no-any-return]

    learn = classifier(model=Slow(torch.nn.Linear(4, 3)))
    learn.fit(1)  # imports what the first fit takes
    guess = learn.estimate(5, "fit").seconds
    began = time.perf_counter()
    learn.fit(5)
    real = time.perf_counter() - began
    assert real / 3 < guess < real * 3


def test_reading_slowly_is_counted_in(classifier: Make) -> None:
    class Slow(torch.utils.data.Dataset[Any]):
        def __len__(self) -> int:
            return 64

        def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
            time.sleep(0.005)
            return torch.zeros(4), index % 3

    loader = torch.utils.data.DataLoader(Slow(), 16)
    learn = classifier(dls=(loader, loader))
    assert 0.6 < learn.estimate(2, "fit").seconds < 2.5  # reading alone takes 1.3


@pytest.mark.slow
def test_it_is_about_right_for_photos_that_are_prepared_first(
    photos: Callable[..., ImageDataLoaders],
) -> None:
    vision_learner(photos(), seed=1).fine_tune(1)  # imports what the first fit takes
    learn = vision_learner(photos(item_tfms=Resize(224)), seed=1)
    guess = learn.estimate(1).seconds
    began = time.perf_counter()
    learn.fine_tune(1)
    real = time.perf_counter() - began
    assert real / 4 < guess < real * 4


def test_a_long_job_is_told_what_would_be_saved(
    photos: Callable[..., ImageDataLoaders], small_vision: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "LONG", 0.01)
    learn = small_vision(photos(item_tfms=None))
    found = learn.estimate(3, depth="all")
    changes = " ".join(saving.change for saving in found.savings)
    assert "item" in changes
    assert "pictures of 128 pixels" in changes
    assert "head only" in changes
    assert all(saving.seconds < found.seconds for saving in found.savings)
    assert all(s.saved == pytest.approx(found.seconds - s.seconds) for s in found.savings)
    assert [s.seconds for s in found.savings] == sorted(s.seconds for s in found.savings)


def test_a_long_job_on_plain_loaders_is_told_to_use_fewer_items(
    classifier: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "LONG", 1e-4)
    assert "With " in repr(classifier().estimate(1))


def test_it_reads_as_a_sentence() -> None:
    long: Any = Estimate(700.0, (Saving("With the head only (depth='head')", 12.0, 688.0),))
    assert repr(long) == (
        "About 11 min 40 s on this machine. With the head only (depth='head') it takes about 12 s, "
        "which saves 11 min 28 s."
    )
    assert repr(Estimate(2.0)) == "About 2.0 s on this machine."
