from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support_runs import PATIENCE, Gate, messages, uninterrupted, wait_for

from coursekit.core.errors import CourseError
from coursekit.learn.callbacks import EarlyStoppingCallback
from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner
from coursekit.learn.run import TrainingRun
from coursekit.vision.data import ImageDataLoaders

Make = Callable[..., Learner]
Photos = Callable[..., ImageDataLoaders]


def halted(classifier: Make, epoch: int, batch: int, training: bool = True) -> TrainingRun:
    """A run that was stopped at a batch."""
    gate = Gate(epoch, batch, training)
    run = classifier().start("fit_one_cycle", 3, cbs=gate)
    assert gate.reached.wait(PATIENCE)
    run.stopping.set()
    gate.open.set()
    run.wait(PATIENCE)
    return run


def test_start_comes_back_at_once(classifier: Make) -> None:
    classifier().start("fit", 1).wait()  # the first one imports things
    learn, gate = classifier(), Gate(0, 0)
    began = time.perf_counter()
    run = learn.start("fit", 1, cbs=gate)
    assert time.perf_counter() - began < 10  # the gate holds it for 30
    gate.open.set()
    assert run.wait(PATIENCE).state == "finished"


def test_a_run_trains_what_the_method_does_and_prints_nothing(
    classifier: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    run = classifier().start("fit_one_cycle", 2)
    last = run.wait(PATIENCE)
    assert capfd.readouterr() == ("", "")
    assert (last.state, last.epoch, last.epochs, last.step) == ("finished", 2, 2, 12)
    assert run.history.losses == uninterrupted(classifier, "fit_one_cycle", 2)


def test_the_callbacks_of_a_fit_method_are_taken_by_a_run(classifier: Make) -> None:
    learn = classifier(lr=0.0)
    run = learn.start("fit", 10, cbs=EarlyStoppingCallback(patience=2))
    assert run.wait(PATIENCE).state == "finished"
    assert len(run.history.epochs) == 3


@pytest.mark.parametrize("again", range(5))
def test_a_second_start_and_a_second_fit_are_refused_in_words(classifier: Make, again: int) -> None:
    learn, gate = classifier(), Gate(0, 3)
    run = learn.start("fit", 1, cbs=gate)
    refused: list[Callable[[], object]] = [
        lambda: learn.start("fit", 1),
        lambda: learn.fit(1),
        learn.validate,
        learn.lr_find,
        learn.estimate,
        lambda: learn.resume_from(run.folder),
        learn.freeze,
        learn.unfreeze,
        lambda: learn.freeze_to(1),
        learn.to_bf16,
        lambda: learn.save("halfway"),
        lambda: learn.load("halfway"),
        lambda: learn.predict([0.0, 1.0, 2.0, 3.0]),
    ]
    for act in refused:
        with pytest.raises(CourseError, match="training already"):
            act()
    gate.open.set()
    assert run.wait(PATIENCE).state == "finished"
    assert run.history.losses == uninterrupted(classifier, "fit", 1)


def test_an_old_run_can_not_go_on_while_another_one_trains(
    classifier: Make, weights: Callable[[Learner], str]
) -> None:
    old = halted(classifier, 1, 2)
    gate = Gate(0, 2)
    new = old.learn.start("fit", 1, cbs=gate)
    assert gate.reached.wait(PATIENCE)
    before = weights(old.learn)
    with pytest.raises(CourseError, match="training already"):
        old.resume()
    assert weights(old.learn) == before
    gate.open.set()
    assert new.wait(PATIENCE).state == "finished"


def test_pause_holds_step_trains_one_batch_and_resume_goes_on(classifier: Make) -> None:
    gate = Gate(0, 2)
    run = classifier().start("fit_one_cycle", 3, cbs=gate)
    seen = messages(run)
    assert gate.reached.wait(PATIENCE)
    run.pause()
    gate.open.set()
    wait_for(run, "paused")
    assert len(run.history) == 3
    for done in (4, 5, 6, 7, 8):  # the seventh lies behind a validation
        run.step()
        assert (len(run.history), run.progress.state, run.progress.step) == (done, "paused", done)
    assert [point[0] for message in seen for point in message.points] == list(range(8))
    run.resume()
    assert run.wait(PATIENCE).state == "finished"
    assert run.history.losses == uninterrupted(classifier, "fit_one_cycle", 3)


def test_a_pause_in_validation_holds_there(classifier: Make) -> None:
    gate = Gate(0, 1, training=False)
    run = classifier().start("fit", 1, cbs=gate)
    assert gate.reached.wait(PATIENCE)
    run.pause()
    gate.open.set()
    wait_for(run, "paused")
    assert (len(run.history), run.history.epochs) == (6, [])
    run.resume()
    assert run.wait(PATIENCE).state == "finished"
    assert len(run.history.epochs) == 1


def test_steps_lead_to_the_end(classifier: Make) -> None:
    gate = Gate(0, 0)
    run = classifier().start("fit", 2, cbs=gate)
    run.pause()
    gate.open.set()
    for _ in range(13):
        run.step()
    assert run.wait(PATIENCE).state == "finished"
    assert len(run.history) == 12


def test_a_paused_run_can_be_stopped(classifier: Make) -> None:
    run = classifier().start("fit", 1000)
    run.pause()
    wait_for(run, "paused")
    run.stop()
    assert run.progress.state == "stopped"
    assert not run.alive


def test_stop_ends_within_the_batch_and_the_learner_is_ready(classifier: Make) -> None:
    gate = Gate(1, 2)
    learn = classifier()
    run = learn.start("fit", 1000, cbs=gate)
    assert gate.reached.wait(PATIENCE)
    run.stopping.set()
    gate.open.set()
    assert run.wait(PATIENCE).state == "stopped"
    assert (run.progress.step, run.progress.epoch, len(run.history)) == (9, 2, 9)
    assert not any(module.training for module in learn.model.modules())
    assert all(p.grad is None and p.requires_grad for p in learn.model.parameters())
    learn.fit(1)
    assert len(learn.history) == 6
    assert len(run.history) == 9  # what it went through stays its own


def test_stop_can_be_asked_for_without_waiting(classifier: Make) -> None:
    gate = Gate(0, 2)
    run = classifier().start("fit", 1000, cbs=gate)
    assert gate.reached.wait(PATIENCE)
    began = time.perf_counter()
    run.stop(wait=False)
    assert time.perf_counter() - began < 10  # the gate holds it for 30
    assert run.active
    gate.open.set()
    assert run.wait(PATIENCE).state == "stopped"
    assert len(run.history) == 3


def test_it_shows_itself_in_words(classifier: Make) -> None:
    run = classifier().start("fit", 2)
    run.wait(PATIENCE)
    assert repr(run) == f"TrainingRun: finished, epoch 2 of 2, step 12; kept in {run.folder}"


def test_a_callback_may_save_the_weights(classifier: Make, home: Path) -> None:
    class Keeps(Callback):
        def after_epoch(self, learn: Any) -> None:
            learn.save(f"epoch {learn.epoch}")

    run = classifier().start("fit", 2, cbs=Keeps())
    assert run.wait(PATIENCE).state == "finished", run.progress.error
    assert len(list((home / "models").iterdir())) == 2


def test_stop_is_fast(classifier: Make) -> None:
    run = classifier().start("fit", 100_000)
    wait_for(run, "training")
    began = time.perf_counter()
    run.stop()
    assert time.perf_counter() - began < 10  # all of it would take minutes


@pytest.mark.parametrize(
    ("epoch", "batch", "training"),
    [(0, 0, True), (0, 2, True), (0, 5, True), (1, 1, False), (2, 5, True), (2, 2, False)],
)
def test_a_stopped_run_goes_on_with_the_losses_of_an_uninterrupted_one(
    classifier: Make, epoch: int, batch: int, training: bool
) -> None:
    run = halted(classifier, epoch, batch, training)
    assert run.progress.state == "stopped"
    run.resume()
    assert run.wait(PATIENCE).state == "finished"
    assert run.history.losses == uninterrupted(classifier, "fit_one_cycle", 3)
    assert [row["epoch"] for row in run.history.epochs] == [1, 2, 3]


def test_a_stopped_run_goes_on_after_another_fit(classifier: Make) -> None:
    run = halted(classifier, 1, 2)
    run.learn.fit(1)
    run.resume()
    assert run.wait(PATIENCE).state == "finished"
    assert run.history.losses == uninterrupted(classifier, "fit_one_cycle", 3)


@pytest.mark.parametrize("again", range(5))
def test_a_callback_finds_the_run_from_the_first_event_on(classifier: Make, again: int) -> None:
    found: list[object] = []

    class Look(Callback):
        def before_fit(self, learn: Any) -> None:
            found.append(learn.run)

    learn = classifier()
    run = learn.start("fit", 1, cbs=Look())
    run.wait(PATIENCE)
    assert found == [run]


def test_a_finished_run_can_not_go_on(classifier: Make) -> None:
    run = classifier().start("fit", 1)
    run.wait(PATIENCE)
    with pytest.raises(CourseError, match="is finished"):
        run.resume()


class Fails(Callback):
    """Fails once."""

    def __init__(self, epoch: int) -> None:
        self.epoch, self.done = epoch, False

    def after_loss(self, learn: Any) -> None:
        if learn.training and (learn.epoch, learn.iter) == (self.epoch, 4) and not self.done:
            self.done = True
            raise ZeroDivisionError("nothing to divide by")


@pytest.mark.parametrize("epoch", [0, 1, 2])
def test_a_failed_run_says_why_in_a_sentence_and_can_go_on(
    classifier: Make, epoch: int, capfd: pytest.CaptureFixture[str]
) -> None:
    run = classifier(cbs=Fails(epoch)).start("fit_one_cycle", 3)
    last = run.wait(PATIENCE)
    assert (last.state, last.error) == ("failed", "ZeroDivisionError: nothing to divide by")
    assert "after_loss" in run.traceback
    assert capfd.readouterr() == ("", "")
    assert not run.learn.busy
    run.resume()
    assert run.wait(PATIENCE).state == "finished"
    assert run.history.losses == uninterrupted(classifier, "fit_one_cycle", 3)


def test_a_run_whose_folder_goes_away_ends_all_the_same_and_says_so(
    classifier: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    gate = Gate(0, 2)
    run = classifier().start("fit", 1, cbs=gate)
    assert gate.reached.wait(PATIENCE)
    shutil.rmtree(run.folder)
    gate.open.set()
    last = run.wait(PATIENCE)
    assert (last.state, len(run.history)) == ("finished", 6)
    assert last.warning.startswith("No checkpoint could be written (No such file or directory)")
    assert capfd.readouterr().err == ""


def test_a_home_that_can_not_be_written_stops_no_run(
    classifier: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "file"))
    run = classifier().start("fit", 1)
    assert run.wait(PATIENCE).state == "finished"
    assert (run.folder / "last.safetensors").is_file()


def test_the_run_folder_holds_what_the_design_says(classifier: Make, home: Path) -> None:
    run = classifier().start("fit", 2)
    run.wait(PATIENCE)
    assert run.folder.parent == home / "runs"
    names = {"recipe.json", "history.json", "status.json", "last.safetensors", "best.safetensors"}
    names.add("run.lock")
    assert {file.name for file in run.folder.iterdir()} == names
    files = {
        name: json.loads((run.folder / f"{name}.json").read_text())
        for name in ("recipe", "history", "status")
    }
    assert {file["format"] for file in files.values()} == {1}
    assert files["recipe"]["call"] == {"method": "fit", "args": [2], "options": {}}
    assert files["status"]["state"] == "finished"
    assert files["history"]["losses"] == run.history.losses


def test_nothing_in_a_run_folder_is_a_pickle(classifier: Make) -> None:
    run = classifier().start("fit", 1)
    run.wait(PATIENCE)
    for file in run.folder.iterdir():
        data = file.read_bytes()
        if file.suffix == ".safetensors":
            size = int.from_bytes(data[:8], "little")
            json.loads(data[8 : 8 + size])
        elif file.suffix == ".lock":
            assert data == b""
        else:
            json.loads(data)


def test_a_speed_limit_holds_and_can_be_lifted(classifier: Make) -> None:
    learn = classifier()
    run = learn.start("fit", 50, cbs=Gate(0, 0))
    run.go_at(20)
    began = time.monotonic()
    run.cbs[0].open.set()
    while (steps := len(run.history)) < 20:
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.01)
    assert steps <= 20 * (time.monotonic() - began) + 2
    run.go_at(None)
    assert run.wait(PATIENCE).state == "finished"
    assert len(run.history) == 300


def test_a_slow_run_stops_and_pauses_at_once(classifier: Make) -> None:
    gate = Gate(0, 1)
    run = classifier().start("fit", 50, cbs=gate)
    assert gate.reached.wait(PATIENCE)
    run.go_at(0.05)
    gate.open.set()
    began = time.perf_counter()
    run.pause()
    wait_for(run, "paused")
    run.resume()
    run.stop()
    assert time.perf_counter() - began < 10  # the next step is due in 20
    assert run.progress.state == "stopped"
