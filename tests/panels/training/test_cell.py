"""A cell trains the Learner itself, and the panel shows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coursekit import TrainingMonitor
from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner

Make = Callable[..., Learner]


class Remembers(Callback):
    """Notes what a panel said at each epoch's end."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.monitor: TrainingMonitor | None = None

    def after_epoch(self, learn: Learner) -> None:
        if self.monitor:
            model = self.monitor.model
            self.said.append((model.state, model.said[0]))


class Interrupts(Callback):
    def after_batch(self, learn: Learner) -> None:
        if learn.epoch == 1:
            raise KeyboardInterrupt


def test_a_fit_in_a_cell_is_shown_while_it_goes_on(small_learner: Make) -> None:
    remembers = Remembers()
    learn = small_learner(cbs=remembers)
    remembers.monitor = monitor = TrainingMonitor(learn)
    learn.fit(3)
    assert [state for state, _ in remembers.said] == ["cell"] * 3
    assert "A cell trains this Learner" in remembers.said[0][1]
    assert monitor.model.said[0].startswith("Finished after 3 epochs: ")
    assert monitor.model.teller.steps == len(learn.history) == 24
    assert [row["epoch"] for row in monitor.model.teller.epochs] == [1, 2, 3]


def test_nothing_can_be_started_beside_a_cell_and_everything_after_it(small_learner: Make) -> None:
    asks = Asks()
    learn = small_learner(cbs=asks)
    asks.monitor = monitor = TrainingMonitor(learn)
    learn.fit(1)
    assert asks.allowed == {frozenset()}
    assert {"start", "replay"} <= monitor.model.allowed
    monitor.start()
    monitor.wait()
    assert monitor.model.state == "finished"


class Asks(Callback):
    """Notes what a panel would allow at each epoch's end."""

    def __init__(self) -> None:
        self.allowed: set[frozenset[str]] = set()
        self.monitor: TrainingMonitor | None = None

    def after_epoch(self, learn: Learner) -> None:
        if self.monitor and learn.run is None:
            self.allowed.add(self.monitor.model.allowed)


def test_a_cell_that_was_interrupted_is_said_to_have_stopped(small_learner: Make) -> None:
    learn = small_learner(cbs=Interrupts())
    monitor = TrainingMonitor(learn)
    with pytest.raises(KeyboardInterrupt):
        learn.fit(3)
    assert monitor.model.state == "stopped"
    assert monitor.model.said[0].startswith("Stopped in epoch 2")
    assert "resume" not in monitor.model.allowed


def test_a_panel_that_is_made_afterwards_shows_what_a_cell_trained(small_learner: Make) -> None:
    learn = small_learner()
    learn.fit(2)
    monitor = TrainingMonitor(learn)
    assert monitor.model.said[0] == "A cell trained this Learner: 16 steps, 2 epochs."
    assert monitor.model.teller.steps == 16
    again = TrainingMonitor(learn)
    assert again.model is monitor.model
    learn.start("fit", 1).wait()
    assert TrainingMonitor(learn).model.said[0].startswith("Finished after 1 epoch")


def test_each_fit_in_a_cell_is_a_run_of_its_own(small_learner: Make) -> None:
    learn = small_learner()
    monitor = TrainingMonitor(learn)
    learn.fit(1)
    learn.fit(2)
    assert monitor.model.teller.run == 2
    assert monitor.model.teller.steps == 16
