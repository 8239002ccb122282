from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from coursekit.core.errors import CourseError
from coursekit.learn.callbacks import GradientClip
from coursekit.learn.events import (
    EVENTS,
    Callback,
    CancelBatchException,
    CancelEpochException,
    CancelFitException,
)
from coursekit.learn.freezing import snapshot
from coursekit.learn.learner import Learner

Make = Callable[..., Learner]

TRAINING = ["before_batch", "after_predict", "after_loss", "after_backward", "after_step"]
VALIDATION = ["before_batch", "after_predict", "after_loss"]


def recorder(*names: str) -> tuple[Callback, list[str]]:
    """A callback with these events, and the list that it writes them to."""
    seen: list[str] = []

    def method(name: str) -> Callable[[Any, Any], None]:
        return lambda self, learn: seen.append(name)

    return type("Recorder", (Callback,), {name: method(name) for name in names})(), seen


class At(Callback):
    """Does something at one training batch."""

    def __init__(self, epoch: int, batch: int, act: Callable[[Learner], object]) -> None:
        self.where, self.act = (epoch, batch), act

    def before_batch(self, learn: Any) -> None:
        if learn.training and (learn.epoch, learn.iter) == self.where:
            self.act(learn)


class Worse(Callback):
    """Makes the second epoch's weights the best, and keeps each epoch's."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Tensor]] = []

    def after_train(self, learn: Any) -> None:
        with torch.no_grad():
            learn.model[2].weight.normal_(0, 0.01 if learn.epoch == 1 else 30)

    def after_epoch(self, learn: Any) -> None:
        self.kept.append(snapshot(learn.model))


def throw(error: BaseException) -> Callable[[Learner], object]:
    def act(learn: Learner) -> None:
        raise error

    return act


def in_order(learn: Learner) -> bool:
    """Whether mode, gradients and frozen groups are as a fit has to leave them."""
    modes = not any(module.training for module in learn.model.modules())
    grads = all(parameter.grad is None for parameter in learn.model.parameters())
    trains = all(
        parameter.requires_grad is (index >= learn.frozen)
        for index, group in enumerate(learn.groups)
        for parameter in group
    )
    return modes and grads and trains and not learn.busy and learn.opt is None


def same(model: nn.Module, state: dict[str, Tensor]) -> bool:
    return all(torch.equal(tensor, state[name]) for name, tensor in model.state_dict().items())


def test_events_come_in_the_order_of_the_design(classifier: Make) -> None:
    callback, seen = recorder(*EVENTS)
    classifier().fit(1, cbs=callback)
    start = ["before_fit", "before_epoch", "before_train"]
    train = [*TRAINING, "after_batch"] * 6 + ["after_train", "before_validate"]
    valid = [*VALIDATION, "after_batch"] * 3 + ["after_validate", "after_epoch", "after_fit"]
    assert seen == start + train + valid


@pytest.mark.parametrize("event", EVENTS)
def test_a_callback_is_called_for_the_event_it_has_and_no_other(
    classifier: Make, event: str
) -> None:
    callback, seen = recorder(event)
    classifier().fit(1, cbs=callback)
    assert set(seen) == {event}


def test_callbacks_of_one_fit_are_gone_in_the_next(classifier: Make) -> None:
    callback, seen = recorder("after_step")
    learn = classifier()
    learn.fit(1, cbs=callback)
    learn.fit(1)
    assert len(seen) == 6


def test_cancelling_a_batch_leaves_out_its_step_only(classifier: Make) -> None:
    callback, seen = recorder("after_step", "after_batch", "after_epoch")
    learn = classifier()
    learn.fit(1, cbs=[At(0, 2, throw(CancelBatchException())), callback])
    assert (len(learn.history), seen.count("after_step"), seen.count("after_batch")) == (5, 5, 9)
    assert learn.history.last("valid_loss") > 0


def test_cancelling_an_epoch_leaves_out_its_rest(classifier: Make) -> None:
    callback, seen = recorder("before_validate", "after_epoch")
    learn = classifier()
    learn.fit(2, cbs=[At(0, 2, throw(CancelEpochException())), callback])
    assert seen == ["after_epoch", "before_validate", "after_epoch"]
    assert [row["step"] for row in learn.history.epochs] == [2, 8]
    assert learn.history.epochs[0]["valid_loss"] is None


def test_cancelling_the_fit_ends_it_without_an_error(classifier: Make) -> None:
    callback, seen = recorder("after_epoch", "after_fit")
    learn = classifier()
    learn.fit(3, cbs=[At(1, 2, throw(CancelFitException())), callback])
    assert (len(learn.history), seen) == (8, ["after_epoch", "after_fit"])
    assert in_order(learn)


WAYS = {
    "an error": RuntimeError("broken"),
    "the interrupt key": KeyboardInterrupt(),
    "a cancelled fit": CancelFitException(),
    "no memory": MemoryError(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("frozen", [0, 1])
def test_every_way_out_leaves_the_best_weights_and_a_learner_in_order(
    classifier: Make, way: str, frozen: int
) -> None:
    learn, worse = classifier(), Worse()
    learn.freeze_to(frozen)
    callback, seen = recorder("after_fit")
    error = WAYS[way]
    cbs = [worse, callback, At(3, 2, throw(error))]
    if isinstance(error, CancelFitException):
        learn.fit(5, cbs=cbs)
    else:
        with pytest.raises(type(error)):
            learn.fit(5, cbs=cbs)
    assert seen == ["after_fit"]
    assert in_order(learn)
    assert (len(worse.kept), same(learn.model, worse.kept[1])) == (3, True)
    assert learn.chosen_on_validation
    learn.fit(1)
    assert in_order(learn)


def test_an_error_in_the_loss_comes_out_as_it_is(classifier: Make) -> None:
    callback, seen = recorder("after_loss", "after_batch", "after_fit")

    def loss(preds: Tensor, targets: Tensor) -> Tensor:
        raise ZeroDivisionError("in the loss")

    learn = classifier(loss_func=loss)
    with pytest.raises(ZeroDivisionError, match="in the loss"):
        learn.fit(1, cbs=callback)
    assert seen == ["after_fit"]
    assert in_order(learn)


def test_an_interrupt_before_the_first_epoch_ends_keeps_the_weights_of_the_moment(
    classifier: Make,
) -> None:
    learn = classifier()
    kept: list[dict[str, Tensor]] = []
    look = At(0, 4, lambda learn: kept.append(snapshot(learn.model)))
    with pytest.raises(KeyboardInterrupt):
        learn.fit(2, cbs=[look, At(0, 4, throw(KeyboardInterrupt()))])
    assert same(learn.model, kept[0])
    assert not learn.chosen_on_validation
    assert in_order(learn)


def test_a_whole_fit_ends_with_its_last_weights(classifier: Make) -> None:
    learn, worse = classifier(), Worse()
    learn.fit(3, cbs=worse)
    assert same(learn.model, worse.kept[-1])
    assert not learn.chosen_on_validation


def test_a_fit_within_a_fit_is_refused_in_words(classifier: Make) -> None:
    learn = classifier()
    with pytest.raises(CourseError, match="training already"):
        learn.fit(1, cbs=At(0, 1, lambda learn: learn.fit(1)))
    assert in_order(learn)


def test_a_faked_scaler_and_clipping_unscale_once(classifier: Make) -> None:
    learn, plain, scaler = classifier(), classifier(), FakeScaler()
    learn.scaler = scaler  # type: ignore[assignment]
    learn.fit(1, cbs=GradientClip(0.1))
    plain.fit(1, cbs=GradientClip(0.1))
    assert scaler.calls == ["scale", "unscale", "step", "update"] * 6
    assert learn.history.losses == pytest.approx(plain.history.losses, rel=1e-4)


def test_the_same_seed_gives_the_same_losses_and_another_does_not(classifier: Make) -> None:
    runs = []
    for seed in (3, 3, 4):
        learn = classifier(seed=seed)
        learn.fit_one_cycle(2)
        runs.append(learn.history.losses)
        torch.rand(5)  # what others draw in between does not matter
    assert runs[0] == runs[1] != runs[2]


def test_a_second_fit_shuffles_in_another_way(classifier: Make) -> None:
    learn, orders = classifier(), []
    look = At(0, 0, lambda learn: orders.append(learn.batch[1].tolist()))
    learn.fit(1, cbs=look)
    learn.fit(1, cbs=look)
    assert orders[0] != orders[1]


@pytest.mark.parametrize("workers", [0, 2])
def test_loaders_with_and_without_workers_train_alike(
    classifier: Make, loaders: Callable[..., Any], workers: int, capfd: Any
) -> None:
    learn, plain = classifier(dls=loaders(num_workers=workers)), classifier()
    learn.start("fit", 1).wait()
    plain.start("fit", 1).wait()
    assert learn.history.losses == plain.history.losses
    assert capfd.readouterr() == ("", "")


def test_the_last_smaller_batch_is_trained_on_and_counts_by_its_items(classifier: Make) -> None:
    learn = classifier(metrics=lambda preds, targs: float(len(targs)))
    learn.fit(1)
    assert len(learn.history) == 6
    assert learn.validate()[1] == 50


def test_everything_frozen_is_refused_in_words(classifier: Make) -> None:
    learn = classifier()
    learn.freeze_to(5)
    with pytest.raises(CourseError, match="frozen"):
        learn.fit(1)
    learn.unfreeze()
    learn.fit(1)


def test_data_without_a_loss_is_refused_in_words(classifier: Make) -> None:
    with pytest.raises(CourseError, match="names no loss"):
        classifier(loss_func=None)


class FakeScaler:
    """Stands in for torch.amp.GradScaler, which needs a GPU."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.scaled = False

    def scale(self, loss: Tensor) -> Tensor:
        self.calls.append("scale")
        self.scaled = True
        return loss * 1024

    def unscale_(self, opt: torch.optim.Optimizer) -> None:
        self.calls.append("unscale")
        self.scaled = False
        for group in opt.param_groups:
            for parameter in group["params"]:
                parameter.grad /= 1024

    def step(self, opt: torch.optim.Optimizer) -> None:
        if self.scaled:
            self.unscale_(opt)
        self.calls.append("step")
        opt.step()

    def update(self) -> None:
        self.calls.append("update")


def test_a_faked_scaler_scales_the_loss_for_the_gradient_and_not_in_the_history(
    classifier: Make,
) -> None:
    learn, plain, scaler = classifier(), classifier(), FakeScaler()
    learn.scaler = scaler  # type: ignore[assignment]
    learn.fit(1)
    plain.fit(1)
    assert scaler.calls == ["scale", "unscale", "step", "update"] * 6
    assert learn.history.losses == pytest.approx(plain.history.losses, rel=1e-4)


def test_an_error_after_a_fit_leaves_nothing_behind_for_the_next(
    classifier: Make, weights: Callable[[Learner], str]
) -> None:
    class Fails(Callback):
        def after_fit(self, learn: Any) -> None:
            raise OSError("the disk is full")

    class Stops(Callback):
        def after_batch(self, learn: Any) -> None:
            raise CancelFitException

    learn = classifier()
    with pytest.raises(OSError, match="the disk is full"):
        learn.fit(1, cbs=Fails())
    first = weights(learn)
    learn.fit(2)
    learn.fit(1, cbs=Stops())
    assert weights(learn) != first  # those of the first fit do not come back


def test_a_loader_that_does_not_know_its_length_is_refused_in_words(classifier: Make) -> None:
    class Stream(torch.utils.data.IterableDataset[Any]):
        def __iter__(self) -> Any:
            return iter([(torch.zeros(4), 0)] * 8)

    loader = torch.utils.data.DataLoader(Stream(), 4)
    learn = classifier(dls=(loader, loader))
    for act in (lambda: learn.fit(1), lambda: learn.start("fit", 1), learn.lr_find):
        with pytest.raises(CourseError, match="does not say how many batches"):
            act()
