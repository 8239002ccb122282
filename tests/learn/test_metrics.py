from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
import torchmetrics
from sklearn.metrics import f1_score
from torch import Tensor

from coursekit.core.errors import CourseError
from coursekit.learn import metrics
from coursekit.learn.callbacks import SaveModelCallback
from coursekit.learn.learner import Learner

Make = Callable[..., Learner]


def test_metrics_are_taken_over_all_items_never_averaged_over_batches(classifier: Make) -> None:
    def spread(preds: Tensor, targets: Tensor) -> Tensor:
        return preds.std()  # of all items, no mean of batches gives it

    learn = classifier(metrics=[metrics.accuracy, metrics.error_rate, spread])
    learn.fit(1)
    x, y = learn.dls.valid.dataset.tensors
    with torch.no_grad():
        logits = learn.model(x)
    loss, accuracy, error, std = learn.validate()
    assert loss == pytest.approx(float(learn.loss_func(logits, y)), rel=1e-5)
    assert accuracy == pytest.approx(float((logits.argmax(1) == y).float().mean()))
    assert error == pytest.approx(1 - accuracy)
    assert std == pytest.approx(float(logits.std()), rel=1e-5)
    row = learn.history.epochs[-1]
    assert (row["valid_loss"], row["accuracy"], row["spread"]) == (loss, accuracy, std)


def test_top_k_counts_a_target_among_the_highest() -> None:
    preds = torch.tensor([[0.1, 0.5, 0.4], [0.6, 0.3, 0.1]])
    assert float(metrics.top_k_accuracy(preds, torch.tensor([2, 2]), k=2)) == 0.5
    assert float(metrics.top_k_accuracy(preds, torch.tensor([2, 2]))) == 1.0


def test_errors_of_a_regression() -> None:
    preds, targets = torch.tensor([[1.0], [3.0]]), torch.tensor([1.0, 1.0])
    found = [float(metric(preds, targets)) for metric in (metrics.mse, metrics.rmse, metrics.mae)]
    assert found == pytest.approx([2.0, 2.0**0.5, 1.0])


def test_predictions_that_lie_askew_in_memory_are_compared_too() -> None:
    preds = torch.arange(6.0).reshape(2, 3).T
    assert float(metrics.mse(preds, preds.contiguous())) == 0


def test_scikit_learn_and_torchmetrics_are_wrapped(classifier: Make) -> None:
    accuracy = torchmetrics.Accuracy(task="multiclass", num_classes=3)
    wrapped = [
        metrics.accuracy,
        metrics.from_torchmetrics(accuracy),
        metrics.from_sklearn(f1_score, average="macro"),
    ]
    learn = classifier(metrics=wrapped)
    learn.fit(2)
    scores = learn.validate()
    assert scores.names == ("loss", "accuracy", "MulticlassAccuracy", "f1_score")
    assert scores[2] == pytest.approx(scores[1])
    preds, targets = learn.get_preds()
    assert scores[3] == pytest.approx(f1_score(targets, preds.argmax(1), average="macro"))
    assert learn.validate() == scores  # nothing is left from the time before


def test_metrics_that_are_called_alike_are_refused(classifier: Make) -> None:
    twice = [partial(metrics.top_k_accuracy, k=1), partial(metrics.top_k_accuracy, k=2)]
    with pytest.raises(CourseError, match="top_k_accuracy"):
        classifier(metrics=twice)


def test_a_metric_that_is_called_like_a_column_of_the_history_is_refused(
    classifier: Make,
) -> None:
    def epoch(preds: Tensor, targets: Tensor) -> float:
        return 0.0

    with pytest.raises(CourseError, match="would be called epoch"):
        classifier(metrics=epoch)


def test_scores_say_on_which_data_and_whether_that_was_used_for_choosing(
    classifier: Make,
) -> None:
    learn = classifier(metrics=metrics.accuracy)
    learn.fit(1)
    plain = learn.validate()
    assert repr(plain).startswith("loss 0.")
    assert " %" in repr(plain)
    assert repr(plain).endswith("on 50 validation items.")
    assert not plain.used_for_choosing
    learn.fit(2, cbs=SaveModelCallback())
    chosen = learn.validate()
    assert chosen.used_for_choosing
    assert "which was also used for choosing" in repr(chosen)
    rows = chosen.to_json()
    assert [row["metric"] for row in rows] == ["loss", "accuracy"]
    about = {"n": 50, "data": "validation", "used_for_choosing": True}
    assert all({key: row[key] for key in about} == about for row in rows)


def test_scores_are_numbers_that_can_be_copied(classifier: Make) -> None:
    scores: Any = classifier(metrics=metrics.accuracy).validate()
    loss, accuracy = scores
    assert isinstance(loss, float)
    assert 0 <= accuracy <= 1
    assert repr(copy.deepcopy(scores)) == repr(scores)


def test_an_empty_validation_set_is_said_in_words(classifier: Make, loaders: Any) -> None:
    with pytest.raises(CourseError, match="no item to validate on"):
        classifier(dls=(loaders()[0], [])).fit(1)


def test_the_name_of_a_metric_is_no_metric() -> None:
    with pytest.raises(CourseError, match="'accuracy' is no metric"):
        metrics.as_list("accuracy")
