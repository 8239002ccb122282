from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import torch
from support_runs import PATIENCE, Gate, messages, uninterrupted, wait_for
from torch import nn

from coursekit.learn import watch as watching
from coursekit.learn.learner import Learner
from coursekit.vision.data import ImageDataLoaders

Make = Callable[..., Learner]
Photos = Callable[..., ImageDataLoaders]


def test_an_observer_that_fails_ends_no_training(classifier: Make) -> None:
    def fail(change: Any) -> None:
        raise BrokenPipeError

    learn, gate = classifier(), Gate(0, 0)
    run = learn.start("fit", 2, cbs=gate)
    run.observe(fail, "progress")
    gate.open.set()
    assert run.wait(PATIENCE).state == "finished"
    assert "BrokenPipeError" in run.traceback
    assert json.loads((run.folder / "status.json").read_text())["state"] == "finished"


def test_stop_is_heard_while_remembered_activations_go_on(
    photos: Photos, small_vision: Callable[..., Learner], monkeypatch: pytest.MonkeyPatch
) -> None:
    learn = small_vision(photos())
    asked: list[str] = []
    run = learn.start("fine_tune", 1, depth="last")
    preparing = watching.Watch.preparing

    def watch(self: Any, what: str, done: int, total: int) -> None:
        asked.append(what)
        if "last stage" in what:
            self.run.stopping.set()
        preparing(self, what, done, total)

    run.stop()
    monkeypatch.setattr(watching.Watch, "preparing", watch)
    learn = small_vision(photos(seed=1))
    run = learn.start("fine_tune", 1, depth="last")
    assert run.wait(PATIENCE).state == "stopped"
    assert (asked[0], asked[-1]) == ("", "preparing the last stage")
    assert len(run.history) == 0


@pytest.mark.parametrize("method", [("fit", 80), ("fine_tune", 1)])
def test_messages_are_few_and_carry_every_step_once(
    classifier: Make, method: tuple[str, int]
) -> None:
    learn, gate = classifier(), Gate(0, 0)
    run = learn.start(*method, cbs=gate)
    seen = messages(run)
    times: list[float] = []
    run.observe(lambda change: times.append(time.monotonic()), "progress")
    gate.open.set()
    run.wait(PATIENCE)
    points = [point for message in seen for point in message.points]
    assert points == list(run.history.since(0))
    assert len(times) <= 10 * (times[-1] - times[0]) + 2


@pytest.mark.slow
def test_ten_thousand_steps_arrive_once_each() -> None:
    batches = [(torch.ones(4, 1), torch.ones(4, 1))] * 1000
    learn, gate = Learner((batches, batches[:1]), nn.Linear(1, 1), nn.MSELoss()), Gate(0, 0)
    run = learn.start("fit", 10, cbs=gate)
    seen = messages(run)
    began = time.monotonic()
    gate.open.set()
    run.wait()
    assert [p[0] for message in seen for p in message.points] == list(range(10_000))
    assert len(seen) <= 10 * (time.monotonic() - began) + 2


def test_reading_the_history_while_it_grows_disturbs_nothing(classifier: Make) -> None:
    learn, gate = classifier(), Gate(0, 0)
    run = learn.start("fit", 15, cbs=gate)
    seen = messages(run)
    gate.open.set()
    while run.alive:
        learn.history.losses  # noqa: B018 - as a panel does that draws
    assert [p for m in seen for p in m.points] == list(run.history.since(0))
    assert run.history.losses == uninterrupted(classifier, "fit", 15)


def test_progress_says_where_a_run_stands(classifier: Make) -> None:
    from coursekit.learn.metrics import accuracy

    learn, gate = classifier(metrics=accuracy), Gate(1, 5)
    run = learn.start("fit", 2, cbs=gate)
    assert gate.reached.wait(PATIENCE)
    run.pause()
    gate.open.set()
    wait_for(run, "paused")
    now = run.progress
    assert (now.phase, now.epoch, now.epochs) == ("the whole model", 2, 2)
    assert (now.batch, now.batches, now.step) == (6, 6, 12)
    assert now.train_loss == run.history.losses[-1]
    assert (now.valid_loss, now.metrics["accuracy"]) == (
        run.history.last("valid_loss"),
        run.history.last("accuracy"),
    )
    assert now.rate > 0
    assert now.lr == pytest.approx(0.02)
    assert now.left is not None
    run.stop()


def test_stopping_while_features_are_prepared_ends_at_once_and_can_go_on(
    photos: Photos, small_vision: Callable[..., Learner]
) -> None:
    learn = small_vision(photos())
    run = learn.start("fine_tune", 1, depth="head")
    run.stopping.set()
    assert run.wait(PATIENCE).state == "stopped"
    assert len(run.history) == 0
    run.resume()
    assert run.wait(PATIENCE).state == "finished"
    other = small_vision(photos())
    other.fine_tune(1, depth="head")
    assert run.history.losses == other.history.losses


def test_a_pause_while_features_are_prepared_holds_there_and_step_leads_to_a_batch(
    photos: Photos, small_vision: Callable[..., Learner]
) -> None:
    learn = small_vision(photos())
    run = learn.start("fine_tune", 1, depth="head")
    run.pause()
    wait_for(run, "paused")
    assert (run.progress.total, len(run.history)) == (60, 0)
    ready = run.progress.done
    time.sleep(0.3)
    assert (run.progress.state, run.progress.done) == ("paused", ready)
    run.step()
    assert (run.progress.state, len(run.history)) == ("paused", 1)
    run.resume()
    assert run.wait(PATIENCE).state == "finished"


def test_what_is_left_is_said_while_preparing_and_in_each_part(
    photos: Photos, small_vision: Callable[..., Learner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "MESSAGES", 0.0)
    gate = Gate(1, 2)
    run = small_vision(photos(bs=8)).start("fine_tune", 3, depth="all", cbs=gate)
    seen = messages(run)
    assert gate.reached.wait(PATIENCE)
    run.pause()
    gate.open.set()
    wait_for(run, "paused")
    now = run.progress
    assert (now.part, now.parts, now.phase) == (2, 2, "the whole model")
    assert now.left is not None
    assert 0 < now.left < 60
    run.stop()
    preparing = [m for m in seen if m.state == "preparing" and 8 < m.done < m.total]
    assert len(preparing) > 1
    assert all(m.left is not None and 0 < m.left < 60 for m in preparing)


def test_preparing_counts_the_items(photos: Photos, small_vision: Callable[..., Learner]) -> None:
    learn = small_vision(photos())
    run = learn.start("fine_tune", 1, depth="head")
    seen = messages(run)
    run.wait(PATIENCE)
    counts = [(m.done, m.total) for m in seen if m.state == "preparing" and m.total]
    assert counts == sorted(counts)
    assert counts[-1] == (60, 60)


def test_a_reader_never_meets_half_a_file(
    classifier: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "CHECKPOINTS", 0.0)
    run = classifier().start("fit", 6)
    read = 0
    while run.alive:
        for name in ("history.json", "status.json", "recipe.json"):
            if (run.folder / name).exists():
                read += bool(json.loads((run.folder / name).read_text()))
    assert read > 10
