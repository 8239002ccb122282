from __future__ import annotations

from dataclasses import replace
from typing import Any

from coursekit.learn.progress import Progress
from coursekit.panels.training.words import best, overfitting, share, summary


def rows(train: list[float], valid: list[float | None]) -> list[dict[str, Any]]:
    return [
        {"epoch": i, "train_loss": t, "valid_loss": v}
        for i, (t, v) in enumerate(zip(train, valid, strict=True), 1)
    ]


def test_the_line_says_where_the_run_is() -> None:
    progress = Progress(state="preparing", done=120, total=450, left=4.0)
    assert summary(progress) == "Preparing 120 of 450 photos. About 4.0 s left."
    assert summary(Progress(state="preparing")) == "Starting."
    progress = Progress(state="training", phase="the head", epoch=3, epochs=20, train_loss=0.21)
    assert summary(progress) == "Training the head, epoch 3 of 20: training loss 0.210."
    deep = replace(progress, part=1, parts=2, left=5.0, train_loss=None)
    assert summary(deep) == (
        "Training the head (part 1 of 2), epoch 3 of 20. About 5.0 s left until the next part."
    )
    assert summary(replace(deep, part=2)).endswith("epoch 3 of 20. About 5.0 s left.")
    progress = replace(progress, state="finished", valid_loss=0.1, metrics={"error_rate": 0.033})
    assert summary(progress) == (
        "Finished after 20 epochs: training loss 0.210; "
        "on the validation photos loss 0.100 and error rate 3.3 %."
    )
    assert summary(Progress(state="paused")) == "Paused before the first step."


def test_a_metric_that_is_no_share_is_no_percentage() -> None:
    progress = Progress(state="finished", epochs=1, valid_loss=0.5, metrics={"rmse": 12.25})
    assert summary(progress).endswith("loss 0.500 and rmse 12.250.")


def test_what_is_done_is_a_share_of_the_preparation_or_of_the_epochs() -> None:
    assert share(Progress(state="preparing", done=120, total=480)) == 0.25
    training = Progress(state="training", epoch=3, epochs=4, batch=5, batches=10)
    assert share(training) == 0.625
    assert share(replace(training, state="finished")) == -1
    assert share(Progress(state="preparing")) == -1


def test_a_rising_validation_loss_beside_a_falling_training_loss_is_spoken_of() -> None:
    said = overfitting(rows([1.0, 0.5, 0.3, 0.2, 0.1], [0.9, 0.5, 0.6, 0.7, 0.8]))
    assert said.startswith("Since epoch 2 the loss on the validation photos has risen by 40 %")
    assert "may begin to learn the training photos by heart" in said
    assert overfitting(rows([1.0, 0.5], [0.9, 0.5]), "pass") == ""


def test_a_wobble_a_fresh_rise_and_a_training_that_fails_are_not_overfitting() -> None:
    assert overfitting(rows([1.0, 0.5, 0.4, 0.3, 0.2], [0.9, 0.5, 0.55, 0.55, 0.57])) == ""
    assert overfitting(rows([1.0, 0.5, 0.3], [0.9, 0.5, 0.9])) == ""
    assert overfitting(rows([1.0, 0.5, 0.9, 1.5, 1.6], [0.9, 0.5, 0.9, 1.5, 1.6])) == ""
    assert overfitting(rows([1.0, 0.5], [None, None])) == ""
    assert overfitting([]) == ""


def test_the_best_epoch_has_the_lowest_validation_loss() -> None:
    row = best(rows([1.0, 0.5, 0.3], [0.9, 0.4, None]))
    assert row is not None
    assert row["epoch"] == 2
    assert best([]) is None
