from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coursekit.core.errors import CourseError
from coursekit.learn.callbacks import EarlyStoppingCallback, SaveModelCallback
from coursekit.learn.events import Callback, CancelEpochException
from coursekit.learn.learner import Learner
from coursekit.learn.metrics import accuracy

Make = Callable[..., Learner]


class Pretends(Callback):
    """Gives each epoch's history another value."""

    def __init__(self, name: str, values: list[float]) -> None:
        self.name, self.values = name, values

    def after_epoch(self, learn: Any) -> None:
        learn.history.epochs[-1][self.name] = self.values[learn.epoch]


@pytest.mark.parametrize(
    ("monitor", "values", "epochs"),
    [
        ("valid_loss", [1.0, 0.9, 0.95, 0.8, 0.81, 0.82, 0.7], 6),
        ("accuracy", [0.1, 0.9, 0.5, 0.6, 0.95, 0.96, 0.97], 4),
    ],
)
def test_early_stopping_waits_for_its_patience(
    classifier: Make, monitor: str, values: list[float], epochs: int
) -> None:
    learn = classifier(metrics=accuracy)
    stop = EarlyStoppingCallback(monitor, patience=2)
    learn.fit(7, cbs=[Pretends(monitor, values), stop])
    assert len(learn.history.epochs) == epochs
    learn.fit(1, cbs=stop)
    assert len(learn.history.epochs) == 1


def test_early_stopping_ends_with_the_best_weights(classifier: Make) -> None:
    learn = classifier(lr=3.0)
    learn.fit(30, cbs=EarlyStoppingCallback(patience=2))
    losses = [row["valid_loss"] for row in learn.history.epochs]
    assert learn.validate()[0] == pytest.approx(min(losses))
    assert learn.chosen_on_validation


def test_early_stopping_passes_over_an_epoch_that_was_cancelled(classifier: Make) -> None:
    class Cancels(Callback):
        def before_validate(self, learn: Any) -> None:
            if learn.epoch == 1:
                raise CancelEpochException

    learn = classifier()
    learn.fit(3, cbs=[Cancels(), EarlyStoppingCallback(patience=3)])
    assert [row["valid_loss"] is None for row in learn.history.epochs] == [False, True, False]


def test_an_unknown_name_to_watch_is_an_error(classifier: Make) -> None:
    with pytest.raises(CourseError, match=r"no 'f1' to watch.*train_loss, valid_loss"):
        classifier().fit(2, cbs=EarlyStoppingCallback("f1"))


def test_saving_the_model_ends_with_the_epoch_of_the_lowest_loss(classifier: Make) -> None:
    learn = classifier(lr=3.0)
    learn.fit(6, cbs=SaveModelCallback())
    losses = [row["valid_loss"] for row in learn.history.epochs]
    assert learn.validate()[0] == pytest.approx(min(losses))


def test_saving_the_model_can_watch_a_metric_and_keeps_a_file(classifier: Make) -> None:
    values = iter([0.1, 0.9, 0.5, 0.6, 0.0, 0.0])

    def score(preds: Any, targs: Any) -> float:
        return next(values)

    learn = classifier(lr=3.0, metrics=score)
    learn.fit(4, cbs=SaveModelCallback("score", fname="best"))
    assert learn.best.monitor == "valid_loss"
    second = learn.history.epochs[1]["valid_loss"]
    assert learn.validate()[0] == pytest.approx(second)
    assert classifier().load("best").validate()[0] == pytest.approx(second)


def test_of_equal_epochs_the_first_is_kept_in_memory_and_on_disk(
    classifier: Make, weights: Callable[[Learner], str]
) -> None:
    values = iter([0.3, 0.3, 0.9])

    def error(preds: Any, targs: Any) -> float:
        return next(values)

    learn = classifier(lr=0.1, metrics=error)
    learn.fit(3, cbs=SaveModelCallback("error", fname="best"))
    assert weights(classifier().load("best")) == weights(learn)
    assert learn.kept_epoch == 1


def test_a_cancelled_epoch_is_not_kept_on_disk(
    classifier: Make, weights: Callable[[Learner], str]
) -> None:
    class CancelsTheSecond(Callback):
        def before_validate(self, learn: Any) -> None:
            if learn.epoch == 1:
                raise CancelEpochException

    learn = classifier()
    learn.fit(2, cbs=[CancelsTheSecond(), SaveModelCallback(fname="best")])
    assert learn.kept_epoch == 1
    assert weights(classifier().load("best")) == weights(learn)


def test_the_bar_shows_the_epoch_and_goes_to_its_end(
    classifier: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    classifier(metrics=accuracy).fit(2)
    shown = capsys.readouterr().err
    assert "12/12" in shown
    assert "epoch 2: train_loss" in shown
    assert "accuracy" in shown
