"""The panel as people hold it, without a page."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets.widgets.widget as widgets
import pytest
from support_runs import PATIENCE

from coursekit import TrainingMonitor, Workbench
from coursekit.core.errors import CourseError
from coursekit.data.labelled import LabelledFolder
from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner
from coursekit.panels.picker.look import look
from coursekit.panels.training import saved
from coursekit.panels.training.choices import Choices
from coursekit.panels.training.trainer import PhotoTrainer
from coursekit.store.database import database

Make = Callable[..., Learner]


class Slow(Callback):
    def after_step(self, learn: Learner) -> None:
        time.sleep(0.01)


@pytest.fixture
def few_photos(pets: Path, tmp_path: Path) -> Path:
    for photo in [*sorted(pets.glob("Bengal_1*"))[:12], *sorted(pets.glob("american_*"))[:12]]:
        (tmp_path / "few").mkdir(exist_ok=True)
        shutil.copy(photo, tmp_path / "few")
    return tmp_path / "few"


def photos_of(folder: Path) -> LabelledFolder:
    return LabelledFolder(folder, "^([A-Za-z]+)_")


def test_the_same_learner_has_the_same_panel(small_learner: Make) -> None:
    learn = small_learner(cbs=Slow())
    first = TrainingMonitor(learn)
    run = learn.start("fit", 4)
    second = TrainingMonitor(learn)
    assert second.view is first.view
    second.wait()
    assert first.model.teller.steps == len(run.history) == 32
    second.close()
    assert "view" not in vars(first)


def test_a_second_start_is_refused_in_words(small_learner: Make) -> None:
    monitor = TrainingMonitor(small_learner(cbs=Slow()))
    monitor.choose(epochs=20)
    monitor.start()
    with pytest.raises(CourseError, match="is going on already"):
        monitor.start()
    monitor.stop()
    monitor.wait()
    with pytest.raises(CourseError, match="no photos to learn from"):
        TrainingMonitor().start()


def test_the_text_names_only_what_can_be_called(small_learner: Make) -> None:
    monitor = TrainingMonitor(small_learner())
    texts = [monitor.text()]
    monitor.step()
    end = time.monotonic() + PATIENCE
    while monitor.model.state != "paused" or monitor.model.closeup is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    texts.append(monitor.text())
    monitor.stop()
    monitor.wait()
    texts.append(monitor.text())
    monitor.resume()
    monitor.wait()
    texts.append(monitor.text())
    monitor.replay()
    monitor.wait()
    for text in texts:
        calls = [word.split("(")[0] for word in text.split("monitor.")[1:]]
        assert calls
        assert all(callable(getattr(monitor, name)) for name in calls)
    assert "epoch 1: training loss" in texts[-1]


def test_closing_frees_every_widget_also_once_the_best_epoch_is_marked(small_learner: Make) -> None:
    before = len(widgets._instances)
    monitor = TrainingMonitor(small_learner())
    monitor.choose(epochs=3)
    assert monitor.view is not None
    monitor.start()
    monitor.wait()
    monitor.close()
    assert len(widgets._instances) == before
    assert monitor.view is not None  # and it can be shown again
    monitor.close()


def test_a_workbench_can_be_closed_and_shown_again(tmp_path: Path) -> None:
    workbench = Workbench(tmp_path)
    first = workbench.view
    workbench.close()
    assert workbench.view is not first
    assert workbench.view.children[0].comm is not None
    workbench.close()


def test_a_size_and_a_network_that_no_list_has_are_shown_as_they_are(tmp_path: Path) -> None:
    workbench = Workbench(tmp_path)
    assert workbench.view is not None
    workbench.picker.model.size = 256
    assert workbench.monitor.model.choices.size == 256
    workbench.monitor.choose(arch="mobilenetv3_small_100", size=320)
    assert workbench.picker.model.size == 320
    workbench.monitor.model.speed = 3.0
    workbench.close()


@pytest.mark.slow
def test_what_was_trained_is_kept_whatever_is_chosen_afterwards(few_photos: Path) -> None:
    monitor = TrainingMonitor()
    monitor.choose(size=64)
    monitor.use(look(photos_of(few_photos)))
    monitor.wait()
    monitor.model.found = look(photos_of(few_photos))
    monitor.start()
    monitor.wait()
    first = monitor.model.predictor
    assert first is not None
    assert monitor.model.trained == "trained on few"
    monitor.choose(epochs=2)
    monitor.model.consider()
    files: dict[str, bytes] = {}
    monitor.model.save_model(files.__setitem__)
    assert list(files) == ["few.ckit"]
    monitor.model.save_history(files.__setitem__, "json")
    kept = few_photos.parent / "run"
    kept.mkdir()
    (kept / "history.json").write_bytes(files["history.json"])
    assert saved.kept(kept).losses == [loss for _, loss, _ in monitor.model.teller.points]


@pytest.mark.slow
def test_a_speed_that_is_changed_later_leaves_an_ended_runs_note_alone(few_photos: Path) -> None:
    monitor = TrainingMonitor()
    monitor.choose(size=64)
    monitor.model.found = look(photos_of(few_photos))
    monitor.start()
    monitor.wait()
    assert monitor.model.run is not None
    note = saved.Note.read(monitor.model.run.folder)
    assert note is not None
    monitor.choose(epochs=9)
    monitor.model.speed = 5.0
    assert saved.Note.read(monitor.model.run.folder) == note
    assert (note.choices, note.photos.folder) == (Choices(size=64), few_photos)


def test_photos_that_were_added_to_the_folder_are_trained_on_once_it_is_looked_at(
    few_photos: Path, pets: Path
) -> None:
    trainer, choices = PhotoTrainer(look(photos_of(few_photos)).photos), Choices(size=32)
    learn: Any = trainer.prepare(choices)
    assert trainer.prepare(choices) is learn
    before = len(learn.dls.table.items)
    shutil.copy(pets / "Bengal_99.jpg", few_photos)
    trainer.photos = look(photos_of(few_photos)).photos
    again: Any = trainer.prepare(choices)
    assert len(again.dls.table.items) == before + 1


def test_a_training_goes_on_the_board_by_a_name(few_photos: Path) -> None:
    monitor = TrainingMonitor()
    with pytest.raises(CourseError, match="Only a training that was started here"):
        monitor.add_to_board()
    monitor.use(look(photos_of(few_photos)))
    monitor.choose(size=64)
    monitor.start()
    monitor.wait()
    said = monitor.add_to_board("my first")
    assert said.startswith("my first: error rate ")
    assert said.endswith("on 4 validation items. Place 1 of 1.")
    database().close()


def test_a_training_without_an_error_rate_says_why_it_cannot_go_there(small_learner: Make) -> None:
    learn = small_learner()
    monitor = TrainingMonitor(learn)
    learn.start("fit", 1).wait()
    monitor.follow(learn)
    with pytest.raises(CourseError, match="its data has no name"):
        monitor.add_to_board()
