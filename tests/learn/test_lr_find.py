from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from coursekit.core.errors import CourseError
from coursekit.learn.learner import Learner
from coursekit.learn.lr_find import RateFinder

Make = Callable[..., Learner]
Digest = Callable[[Learner], str]


def test_weights_random_state_and_learner_come_back_bit_for_bit(
    classifier: Make, weights: Digest
) -> None:
    learn = classifier()
    learn.fit_one_cycle(1)
    learn.freeze()
    kept, dice = weights(learn), torch.get_rng_state()
    rest = [learn.history, learn.plan, learn.fits, learn.frozen, learn.cbs, learn.run]
    learn.lr_find()
    assert weights(learn) == kept
    assert torch.equal(torch.get_rng_state(), dice)
    assert [learn.history, learn.plan, learn.fits, learn.frozen, learn.cbs, learn.run] == rest
    assert [p.requires_grad for p in learn.model[2].parameters()] == [True, True]  # type: ignore[index]
    assert not any(module.training for module in learn.model.modules())


def test_a_fit_after_the_search_is_the_fit_without_it(classifier: Make) -> None:
    searched, plain = classifier(), classifier()
    searched.lr_find()
    searched.fit(1)
    plain.fit(1)
    assert searched.history.losses == plain.history.losses


@pytest.mark.parametrize("count", [6, 64, 99, 500])
def test_the_rate_climbs_from_the_first_to_the_last_whatever_the_number_of_batches(
    count: int,
) -> None:
    x = torch.randn(4, 3)
    batches = [(x, x.sum(1, keepdim=True))] * count

    def flat(preds: Tensor, targets: Tensor) -> Tensor:
        return (preds * 0).sum() + 1

    learn = Learner((batches, batches[:1]), nn.Linear(3, 1), flat)
    found = learn.lr_find(start_lr=1e-6, end_lr=1.0, num_it=60)
    assert len(found.rates) == 55
    assert found.rates[0] == pytest.approx(1e-6)
    assert found.rates[-1] == pytest.approx(10 ** (-6 + 6 * 54 / 60))


def test_suggestions_lie_within_the_rates_that_were_tried(classifier: Make) -> None:
    for found in (classifier().lr_find(), classifier().lr_find(start_lr=0.5, end_lr=50.0)):
        for name in ("valley", "minimum", "steep", "slide"):
            assert found.rates[0] <= getattr(found, name) <= found.rates[-1]


def test_the_suggestions_train_well(classifier: Make) -> None:
    found = classifier().lr_find()
    assert 1e-4 < found.valley < 1
    assert found.minimum < found.rates[-1]
    assert "valley" in repr(found)
    assert found._repr_png_().startswith(b"\x89PNG")


def test_two_searches_at_once_give_each_learner_its_weights_back(
    classifier: Make, weights: Digest, home: Path
) -> None:
    learners = [classifier(), classifier()]
    kept = [weights(learn) for learn in learners]
    alone, dice = classifier().lr_find(), torch.get_rng_state()
    found: list[RateFinder] = []
    threads = [
        threading.Thread(target=lambda learn=learn: found.append(learn.lr_find()))
        for learn in learners
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone, alone]
    assert torch.equal(torch.get_rng_state(), dice)
    assert [weights(learn) for learn in learners] == kept
    assert {path.name for path in home.iterdir()} <= {"state"}


def test_a_home_that_can_not_be_written_is_no_hindrance(
    classifier: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "file"))
    monkeypatch.chdir(tmp_path)
    assert classifier().lr_find().valley > 0
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_loss_that_runs_away_late_ends_the_search_early(classifier: Make) -> None:
    learn = classifier(opt_func=partial(torch.optim.SGD, momentum=0.9))
    found = learn.lr_find(end_lr=1e6)
    assert 10 <= len(found.rates) < 95


def test_a_loss_that_runs_away_at_once_is_said_in_words(classifier: Make, weights: Digest) -> None:
    def never(preds: Tensor, targets: Tensor) -> Tensor:
        return preds.sum() * float("nan")

    learn = classifier(loss_func=never)
    kept = weights(learn)
    with pytest.raises(CourseError, match="ran away at once"):
        learn.lr_find()
    assert weights(learn) == kept


def test_an_error_in_the_model_comes_out_as_it_is(classifier: Make, weights: Digest) -> None:
    learn = classifier(model=nn.Linear(5, 3))
    kept = weights(learn)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        learn.lr_find()
    assert weights(learn) == kept
    assert not learn.busy


def test_too_few_batches_are_refused_in_words(classifier: Make) -> None:
    with pytest.raises(CourseError, match="10 or more"):
        classifier().lr_find(num_it=5)


def test_the_callbacks_of_the_learner_are_left_out(classifier: Make) -> None:
    from coursekit.learn.events import Callback

    class Loud(Callback):
        def before_fit(self, learn: Any) -> None:
            raise AssertionError

    assert classifier(cbs=Loud()).lr_find().valley > 0
