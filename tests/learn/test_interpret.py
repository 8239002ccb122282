from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from coursekit.core.errors import CourseError
from coursekit.learn.interpret import ClassificationInterpretation
from coursekit.learn.learner import Learner
from coursekit.vision.data import ImageDataLoaders


@pytest.fixture
def judged(photos: Callable[..., ImageDataLoaders], small_vision: Callable[..., Learner]) -> Any:
    learn = small_vision(photos())
    learn.fit(1)
    return ClassificationInterpretation.from_learner(learn)


def test_rows_are_truth_and_columns_are_guesses(judged: Any) -> None:
    matrix = judged.confusion_matrix()
    assert matrix.sum(1).tolist() == torch.bincount(judged.targs, minlength=3).tolist()
    guesses = judged.preds.argmax(1)
    assert matrix.sum(0).tolist() == torch.bincount(guesses, minlength=3).tolist()


def test_the_most_confused_are_the_mistakes(judged: Any) -> None:
    found = judged.most_confused()
    assert sum(count for _, _, count in found) == int(
        (judged.preds.argmax(1) != judged.targs).sum()
    )
    assert [count for *_, count in found] == sorted((c for *_, c in found), reverse=True)
    assert all(actual != predicted for actual, predicted, _ in found)


def test_top_losses_are_the_worst_first_with_their_files(judged: Any) -> None:
    rows = judged.top_losses(5)
    assert [row.loss for row in rows] == sorted((row.loss for row in rows), reverse=True)
    assert len(judged.top_losses()) == 12
    for row in rows:
        assert row.item.name.rpartition("_")[0] == row.actual
        index = judged.vocab.index(row.actual)
        assert row.loss == pytest.approx(-float(row.probs[index].log()), rel=1e-4)


def test_plots_and_report_are_made(judged: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert judged.plot_confusion_matrix()._repr_png_().startswith(b"\x89PNG")
    assert judged.plot_top_losses(4)._repr_png_().startswith(b"\x89PNG")
    assert judged.print_classification_report() is None
    report = capsys.readouterr().out
    assert all(label in report for label in judged.vocab)
    assert "precision" in report


def test_data_without_labels_is_refused_in_words(classifier: Callable[..., Learner]) -> None:
    with pytest.raises(CourseError, match="no labels"):
        ClassificationInterpretation(classifier())
