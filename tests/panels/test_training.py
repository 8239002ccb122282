from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from coursekit.core.errors import CourseError
from coursekit.data.labelled import LabelledFolder
from coursekit.learn.learner import Learner
from coursekit.learn.progress import Progress
from coursekit.learn.run import TrainingRun
from coursekit.panels.engine import Engine, look
from coursekit.panels.picker.model import Found
from coursekit.panels.training.model import EMPTY, TrainingModel, summary

FOUND = Found(LabelledFolder(Path("photos")), {"a": 40, "b": 40})


def small_learner() -> Learner:
    x = torch.randn(64, 4)
    loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)
    return Learner((loader, loader), nn.Linear(4, 1), nn.MSELoss(), seed=1)


def begin_small(found: Found, epochs: int) -> TrainingRun:
    return small_learner().start("fit", epochs)


def test_there_is_nothing_to_start_before_photos_are_chosen() -> None:
    model = TrainingModel(begin_small, lambda: None)
    assert model.line == EMPTY
    model.start()
    assert model.points == ()


def test_every_step_and_every_epoch_becomes_a_point() -> None:
    model = TrainingModel(begin_small, lambda: None)
    model.found, model.epochs = FOUND, 5
    model.start()
    assert model.message == ""
    assert [step for step, _ in model.points] == list(range(40))
    assert [step for step, _ in model.ends] == [8, 16, 24, 32, 40]
    assert model.line.startswith("Finished after 5 epochs: ")
    assert "on the validation photos loss" in model.line
    assert (model.running, model.busy) == (False, "")


def test_stop_ends_a_long_run_within_a_second_and_start_works_again() -> None:
    model = TrainingModel(begin_small, lambda: None)
    model.found, model.epochs = FOUND, 100_000
    arrived = threading.Event()
    model.observe(lambda _: arrived.set(), "points")
    work = threading.Thread(target=model.start)
    work.start()
    assert arrived.wait(20)
    arrived.clear()
    assert arrived.wait(20)
    model.stop()
    work.join(1)
    assert not work.is_alive()
    assert model.line.startswith("Stopped in epoch")
    model.epochs = 1
    model.start()
    assert model.line.startswith("Finished after 1 epoch:")
    assert len(model.points) == 8


def test_stop_before_the_run_exists_stops_it_at_its_start() -> None:
    model = TrainingModel(lambda found, epochs: begin_and_stop(model), lambda: None)
    model.found = FOUND
    model.start()
    assert model.line.startswith("Stopped")


def begin_and_stop(model: TrainingModel) -> TrainingRun:
    model.stop()
    return begin_small(FOUND, 100_000)


def test_what_was_learned_is_kept_and_an_error_keeps_the_last_model() -> None:
    kept: list[Any] = ["the first model"]
    model = TrainingModel(begin_small, lambda: kept.pop() if kept else None)
    model.found = FOUND
    model.start()
    assert model.predictor == "the first model"
    model.start()
    assert model.predictor == "the first model"


def test_photos_that_cannot_be_loaded_are_a_sentence_and_start_is_free_again() -> None:
    def fail(found: Found, epochs: int) -> TrainingRun:
        raise CourseError("The folder is gone. Choose another.")

    model = TrainingModel(fail, lambda: None)
    model.found = FOUND
    model.start()
    assert model.message == "The folder is gone. Choose another."
    assert not model.running


def test_an_error_within_the_run_is_a_sentence() -> None:
    def begin(found: Found, epochs: int) -> TrainingRun:
        learn = small_learner()
        learn.model = nn.Linear(3, 1)
        return learn.start("fit", 1)

    model = TrainingModel(begin, lambda: "never made")
    model.found = FOUND
    model.start()
    assert model.message.startswith("RuntimeError")
    assert model.predictor is None


def test_the_line_says_where_the_run_is() -> None:
    progress = Progress(state="preparing", done=120, total=450, left=4.0)
    assert summary(progress) == "Preparing 120 of 450 photos. About 4.0 s left."
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


@pytest.mark.slow
def test_real_photos_are_learned_and_the_model_labels_one(pets: Path, tmp_path: Path) -> None:
    for photo in [*sorted(pets.glob("Bengal_1*"))[:30], *sorted(pets.glob("american_*"))[:30]]:
        shutil.copy(photo, tmp_path)
    for name in ("Bengal_empty.jpg", "american_bulldog_empty.jpg"):
        (tmp_path / name).touch()
    engine = Engine()
    model = TrainingModel(engine.begin, engine.keep, engine.left_out)
    model.found = look(LabelledFolder(tmp_path, "^([A-Za-z]+)_"))
    work = threading.Thread(target=model.start)
    work.start()
    work.join(120)
    assert model.message == ""
    assert len(model.points) >= 20
    assert model.note.startswith("2 photos were left out.")
    assert "Bengal_empty.jpg is empty" in model.note
    label, _, _ = model.predictor.predict(sorted(pets.glob("Bengal_1*"))[-1])
    assert label == "Bengal"
