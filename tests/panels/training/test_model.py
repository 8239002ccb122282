from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from support_runs import PATIENCE
from torch import nn

from coursekit.core.errors import CourseError
from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner
from coursekit.panels.training.choices import Choices
from coursekit.panels.training.model import EMPTY, MonitorModel
from coursekit.panels.training.news import News
from coursekit.panels.training.saved import Kept
from coursekit.panels.training.trainer import PhotoTrainer, Trainer, look_at_next

Make = Callable[..., MonitorModel]


class Slow(Callback):
    def after_step(self, learn: Learner) -> None:
        time.sleep(0.01)


def train(model: MonitorModel, step: bool = False) -> None:
    assert model.ask_start(step)
    model.start()


@contextmanager
def working(job: Callable[[], object]) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    yield thread
    thread.join(PATIENCE)
    assert not thread.is_alive()


def wait_for(model: MonitorModel, *states: str) -> None:
    end = time.monotonic() + PATIENCE
    while model.state not in states:
        assert time.monotonic() < end, f"waited in vain for {states}, it is {model.state}"
        time.sleep(0.005)


def train_and_stop(model: MonitorModel, job: Callable[[], object]) -> None:
    """Stops what the job trains, once it trains."""
    with working(job):
        wait_for(model, "training")
        model.stop()


def heard(model: MonitorModel) -> list[News]:
    news: list[News] = []
    model.observe(lambda change: news.append(change.new), "news")
    return news


def test_there_is_nothing_to_start_before_photos_are_chosen() -> None:
    model = MonitorModel(PhotoTrainer(), look_at_next)
    assert model.said == (EMPTY, -1.0)
    assert model.allowed == frozenset()
    assert not model.ask_start()


def test_every_step_and_every_epoch_is_told_once(monitored: Make) -> None:
    model = monitored()
    news = heard(model)
    model.choose(epochs=5)
    train(model)
    assert model.message == ""
    assert [step for it in news for step, _, _ in it.points] == list(range(40))
    assert [row["step"] for it in news for row in it.epochs] == [8, 16, 24, 32, 40]
    assert [it.fresh for it in news] == [True] + [False] * (len(news) - 1)
    assert model.said[0].startswith("Finished after 5 epochs: ")
    assert (model.state, model.busy) == ("finished", "")


def test_news_come_at_most_three_times_a_second(monitored: Make) -> None:
    model = monitored(cbs=Slow())
    news = heard(model)
    model.choose(epochs=20)
    began = time.monotonic()
    train(model)
    assert len(news) <= 3 * (time.monotonic() - began) + 3


def test_stop_ends_a_long_run_and_the_learner_goes_on_from_there(monitored: Make) -> None:
    model = monitored(cbs=Slow())
    model.choose(epochs=1000)
    assert model.ask_start()
    train_and_stop(model, model.start)
    wait_for(model, "stopped")
    assert model.said[0].startswith("Stopped in epoch")
    assert "resume" in model.allowed
    steps = model.teller.steps
    with working(model.resume):
        wait_for(model, "training")
        while model.teller.steps <= steps:
            time.sleep(0.01)
        model.stop()
    assert [step for step, _, _ in model.teller.points] == list(range(model.teller.steps))
    assert model.teller.run == 1


def test_a_click_in_the_moment_in_which_a_run_has_stopped_is_not_lost(monitored: Make) -> None:
    model = monitored(cbs=Slow())
    model.choose(epochs=1000)
    assert model.ask_start()
    train_and_stop(model, model.start)
    assert model.ask_resume()
    clicked: list[bool] = []

    def click(change: Any) -> None:
        if change.new == "stopped" and not clicked:
            clicked.append(model.ask_resume())

    model.observe(click, "state")
    train_and_stop(model, model.go_on)
    assert (clicked, model.state) == ([True], "loading")
    train_and_stop(model, model.go_on)
    assert (model.state, model.resumable) == ("stopped", True)


def test_pause_step_and_resume(monitored: Make) -> None:
    model = monitored(cbs=Slow())
    model.choose(epochs=50)
    assert model.ask_start()
    with working(model.start):
        wait_for(model, "training")
        model.pause()
        wait_for(model, "paused")
        assert model.allowed == {"resume", "step", "stop"}
        assert model.run is not None
        steps = len(model.run.history)
        model.step()
        assert len(model.run.history) == steps + 1
        assert model.closeup.step == steps + 1
        model.resume()
        wait_for(model, "training")
        model.stop()


def test_a_first_step_begins_a_run_that_waits_after_it(monitored: Make) -> None:
    model = monitored()
    assert model.ask_start(step=True)
    with working(model.start):
        wait_for(model, "paused")
        end = time.monotonic() + PATIENCE
        while model.closeup is None and time.monotonic() < end:
            time.sleep(0.01)
        wait_for(model, "paused")
        assert model.closeup.step == 1
        assert model.run is not None
        assert len(model.run.history) == 1
        model.stop()


def test_a_second_start_is_refused(monitored: Make) -> None:
    model = monitored(cbs=Slow())
    model.choose(epochs=100)
    assert model.ask_start()
    assert not model.ask_start()
    with working(model.start):
        wait_for(model, "training")
        assert not model.ask_start()
        model.stop()
    assert model.ask_start()
    model.stop()
    model.start()
    assert model.said[0].startswith("Stopped")


def test_an_error_within_the_run_is_a_sentence_and_start_is_free_again(monitored: Make) -> None:
    model = monitored()
    model.trainer.learn.model = nn.Linear(3, 1)  # type: ignore[union-attr]
    train(model)
    assert model.message.startswith("RuntimeError")
    assert (model.state, model.busy) == ("failed", "")
    assert "start" in model.allowed


def test_a_run_that_cannot_begin_is_a_sentence_too(monitored: Make) -> None:
    model = monitored()

    def fail(*_: Any) -> Any:
        raise CourseError("The folder is gone. Choose another.")

    model.trainer.begin = fail  # type: ignore[method-assign]
    train(model)
    assert model.message == "The folder is gone. Choose another."
    assert "start" in model.allowed


def test_a_run_that_goes_on_elsewhere_is_followed_from_its_first_step(
    small_learner: Callable[..., Learner],
) -> None:
    learn = small_learner(cbs=Slow())
    run = learn.start("fit", 4)
    while len(run.history) < 10:
        time.sleep(0.01)
    model = MonitorModel(Trainer(learn), look_at_next, ready=True)
    news = heard(model)
    model.attach(run)
    assert [step for it in news for step, _, _ in it.points] == list(range(32))
    assert model.state == "finished"


def test_a_replay_shows_the_run_again_at_its_speed(monitored: Make) -> None:
    model = monitored()
    train(model)
    news, waits = heard(model), []
    model.speed = 8.0
    model.replay(waits.append)
    told = [step for it in news[:-1] for step, _, _ in it.points]
    assert told == list(range(8))
    assert sum(waits) == pytest.approx(1.0)
    assert news[0].fresh
    assert model.state == "finished"
    assert [step for step, _, _ in news[-1].points] == list(range(8))


def test_an_equal_end_of_a_second_training_is_told_anew(monitored: Make) -> None:
    model, told = monitored(), []
    model.observe(lambda change: told.append(change.new), "ended")
    train(model)
    train(model)
    assert [bool(it) for it in told] == [True, False, True]


def test_a_replay_says_nothing_of_what_is_yet_to_come(monitored: Make, tmp_path: Path) -> None:
    model = monitored()
    valid = [0.3, 0.4, 0.5, 0.6]
    rows = [
        {"epoch": n, "step": n, "train_loss": 1 / n, "valid_loss": loss}
        for n, loss in enumerate(valid, 1)
    ]
    model.teller.show(Kept(tmp_path, "finished", [1.0] * 4, [0.1] * 4, rows, [], "epoch"), "")
    model.speed, remarks = 4.0, []
    model.replay(lambda _: remarks.append(model.remark))
    assert remarks[:3] == ["", "", ""]
    assert "overfitting" in model.remark


def test_a_replay_is_stopped(monitored: Make) -> None:
    model = monitored()
    train(model)
    model.speed = 1.0
    with working(model.replay):
        wait_for(model, "replaying")
        assert model.allowed == {"stop"}
        model.stop()
    assert model.state == "finished"


def test_a_speed_limit_holds_from_the_first_step(monitored: Make) -> None:
    model = monitored()
    model.speed = 20.0
    began = time.monotonic()
    train(model)
    assert time.monotonic() - began > 8 / 20 - 0.1


def test_another_run_has_another_number_and_name(monitored: Make) -> None:
    model = monitored()
    train(model)
    model.choose(epochs=2)
    news = heard(model)
    train(model)
    assert {it.run for it in news} == {2}
    assert news[0].name == "2 epochs"


def test_a_finished_run_is_shown_from_its_folder(monitored: Make) -> None:
    model = monitored()
    train(model)
    assert model.run is not None
    other = MonitorModel(PhotoTrainer(), look_at_next)
    other.open(model.run.folder)
    assert other.teller.points == model.teller.points
    assert other.teller.epochs == model.teller.epochs
    assert other.said[0].endswith(": 8 steps, 1 epoch.")
    other.open(Path("nowhere"))
    assert other.message.startswith("nowhere holds no training that can be shown.")


def test_a_rate_is_found_and_can_be_chosen(small_learner: Callable[..., Learner]) -> None:
    learn = small_learner()
    model = MonitorModel(Trainer(learn), look_at_next, ready=True)
    before = [p.clone() for p in learn.model.parameters()]
    model.find_rate()
    assert model.message == ""
    assert 1e-7 < model.rates.valley < 10
    for old, new in zip(before, learn.model.parameters(), strict=True):
        torch.testing.assert_close(old, new, rtol=0, atol=0)
    model.choose(rate=model.rates.valley)
    train(model)
    assert max(rate for _, _, rate in model.teller.points) == pytest.approx(
        model.rates.valley, rel=0.3
    )


def test_the_time_is_estimated_once_for_the_same_choices(monitored: Make) -> None:
    model = monitored()
    asked: list[int] = []
    estimate = model.trainer.estimate

    def counted(choices: Choices, given_up: Callable[[], bool]) -> str:
        asked.append(choices.epochs)
        return estimate(choices, given_up)

    model.trainer.estimate = counted  # type: ignore[method-assign]
    model.consider()
    model.consider()
    assert model.estimate.startswith("About ")
    model.choose(epochs=3)
    model.consider()
    assert asked == [1, 3]


def test_an_estimate_is_given_up_when_a_training_is_asked_for(monitored: Make) -> None:
    model = monitored()
    estimate = model.trainer.estimate

    def begun_meanwhile(choices: Choices, given_up: Callable[[], bool]) -> str:
        assert model.ask_start()
        return estimate(choices, given_up)

    model.trainer.estimate = begun_meanwhile  # type: ignore[method-assign]
    model.consider()
    assert (model.estimate, model.message, model.state) == ("", "", "loading")
    model.start()
    assert model.state == "finished"


def test_photos_that_are_chosen_during_a_replay_can_be_trained_on(monitored: Make) -> None:
    model = monitored()
    train(model)
    model.state = "empty"

    def choose(_: float) -> None:
        model.found = SimpleNamespace(photos=None)

    model.replay(choose)
    assert model.state == "ready"


def test_a_finder_is_stopped(monitored: Make) -> None:
    model = monitored(cbs=None)
    find = model.trainer.find_rate

    def slow(choices: Choices, report: Any) -> Any:
        model.stop()
        return find(choices, report)

    model.trainer.find_rate = slow  # type: ignore[method-assign]
    model.find_rate()
    assert (model.rates, model.message, model.state) == (None, "", "ready")


def test_other_choices_make_estimate_and_rates_void(monitored: Make) -> None:
    model = monitored()
    model.estimate, model.rates = "About 3 s.", object()
    model.choose(epochs=1)
    assert model.estimate == "About 3 s."
    model.choose(epochs=2)
    assert model.estimate == ""
    assert model.rates is not None
    model.choose(size=128)
    assert model.rates is None


def test_another_process_takes_a_paused_run_over(
    small_learner: Callable[..., Learner], monitored: Make
) -> None:
    model, other = monitored(cbs=Slow()), small_learner(cbs=Slow())
    model.choose(epochs=100)
    assert model.ask_start(step=True)
    with working(model.start):
        wait_for(model, "paused")
        assert model.run is not None
        with pytest.warns(UserWarning, match="callbacks"):
            run = other.resume_from(model.run.folder)
        wait_for(model, "stopped")
        assert model.said[0].startswith("Another page has taken this training over")
        assert "resume" not in model.allowed
    steps = len(model.run.history)
    run.stop()
    assert run.history.losses[:steps] == model.run.history.losses


def test_a_run_taken_over_before_its_first_step_begins_there(
    small_learner: Callable[..., Learner],
) -> None:
    learn, other = small_learner(), small_learner()
    run = learn.start("fit", 3, paused=True)
    run.wait(0.2)
    (run.folder / "last.safetensors").unlink()
    again = other.resume_from(run.folder)
    assert again.wait(PATIENCE).state == "finished"
    assert run.handed_over
    assert len(again.history) == 24


def test_a_slow_run_says_how_long_it_really_takes(monitored: Make) -> None:
    model = monitored()
    model.choose(epochs=50)
    model.speed = 20.0
    assert model.ask_start()
    with working(model.start):
        wait_for(model, "training")
        assert model.run is not None
        while len(model.run.history) < 20:
            time.sleep(0.01)
        assert model.run.progress.left > 10
        model.stop()
