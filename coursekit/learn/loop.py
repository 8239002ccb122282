"""The training loop and its state.

Read it from the top: `follow` goes through a plan's phases, `_one_phase` through a phase's epochs,
`_one_epoch` trains and validates, `_step` learns from one batch.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from coursekit.core import activity, deeds, fingerprint
from coursekit.core.errors import CourseError
from coursekit.learn import features, preds
from coursekit.learn import metrics as scoring
from coursekit.learn.callbacks import BestWeights
from coursekit.learn.events import (
    Callback,
    CancelBatchException,
    CancelEpochException,
    CancelFitException,
    Handlers,
    handlers,
)
from coursekit.learn.freezing import (
    Splitter,
    by_children,
    freeze_front,
    optimizer_groups,
    train_mode,
)
from coursekit.learn.history import History
from coursekit.learn.loaders import DataLoaders, batches_in, to_device
from coursekit.learn.metrics import Metric
from coursekit.learn.phases import Phase

if TYPE_CHECKING:
    from coursekit.learn.checkpoint import Position
    from coursekit.learn.run import TrainingRun

Batch = tuple[Any, ...]
Report = Callable[[str, int, int], None]

adam = partial(torch.optim.AdamW, betas=(0.9, 0.99), eps=1e-5, fused=True)
"""The default optimiser, with fast.ai's settings, as one operation for all parameters of a group.

Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019)."""


class Busy(CourseError):
    """A Learner does one thing at a time."""

    def __init__(self) -> None:
        super().__init__("This learner is training already. Stop that run first, or wait for it.")


def as_callbacks(cbs: Callback | Iterable[Callback] | None) -> list[Callback]:
    """One callback, several or none, as a list."""
    return [cbs] if isinstance(cbs, Callback) else list(cbs or [])


def given_or_drawn(seed: int | None) -> int:
    """The seed itself, or a fresh one that can be noted and used again."""
    return random.SystemRandom().randrange(2**31) if seed is None else seed


def silent(what: str, done: int, total: int) -> None:
    """Reports nothing."""


class Loop:
    """The state of a training and the loop itself; `Learner` adds what people call.

    Attributes for callbacks: `model` and the `part` of it that trains now, `phase`, `epoch` (from
    0, through all phases, of `n_epoch`), `iter` (of `n_iter` batches), `pct_train` of the phase,
    `training`, `loader`, `batch`, `pred`, `loss`, `opt`, `history`. After a fit `kept_epoch` is the
    epoch, from 1, whose weights the model got back; 0 where that did not happen. `judged` is how
    many validation items the last epoch was judged on. `onlookers` are told of fits in the
    foreground and change nothing, so no recipe names them.
    """

    def __init__(
        self,
        dls: DataLoaders | tuple[Iterable[Batch], Iterable[Batch]],
        model: nn.Module,
        loss_func: Callable[..., Tensor] | None = None,
        opt_func: Callable[..., torch.optim.Optimizer] = adam,
        lr: float = 1e-3,
        metrics: Metric | Iterable[Metric] | None = None,
        cbs: Callback | Iterable[Callback] | None = None,
        splitter: Splitter = by_children,
        wd: float = 0.01,
        seed: int | None = None,
    ) -> None:
        self.dls = dls if isinstance(dls, DataLoaders) else DataLoaders(*dls)
        self.model = model.to(self.dls.device)
        self.loss_func: Any = loss_func or getattr(self.dls, "loss_func", None)
        if self.loss_func is None:
            raise CourseError("This data names no loss. Give one, such as loss_func=nn.MSELoss().")
        self.opt_func, self.lr, self.wd = opt_func, lr, wd
        self.metrics = scoring.as_list(metrics)
        self.cbs = as_callbacks(cbs)
        self.groups = splitter(self.model)
        self.seed = given_or_drawn(seed)
        self.frozen, self.fits, self.tests_asked = 0, 0, 0
        self.precision: AbstractContextManager[Any] = nullcontext()
        self.scaler: torch.amp.GradScaler | None = None
        self.history, self.best = History(), BestWeights()
        self.run: TrainingRun | None = None
        self.remembered: features.Memory = {}
        self.remembered_of: DataLoaders | None = None
        self.chosen_on_validation = self.stop_asked = False
        self.kept_epoch = self.judged = 0
        self.onlookers: list[Callback] = []
        self.pretrained, self.library = True, ""
        self._lock, self._worker = threading.Lock(), 0
        self.architecture = type(model).__name__
        self.plan: list[Phase] = []
        self.report: Report = silent
        self._reset()

    def _reset(self) -> None:
        """Where a fit stands, before there is one."""
        self.phase: Phase | None = None
        self.phase_index = self.phase_epoch = self.epoch = self.n_epoch = self.iter = (
            self.n_iter
        ) = 0
        self.training, self.pct_train = False, 0.0
        self.part: nn.Module = self.model
        self.opt: torch.optim.Optimizer | None = None
        self.batch: Batch = ()
        self.loader: Any = None
        self.pred: Any = None
        self.loss: Tensor = torch.zeros(())
        self._handlers: Handlers = handlers([])

    def set_frozen(self, n: int) -> None:
        """What `freeze_to` does, also in the middle of a fit."""
        self.frozen = max(0, n + len(self.groups)) if n < 0 else min(n, len(self.groups))
        freeze_front(self.groups, self.frozen)

    def follow(
        self,
        plan: list[Phase],
        cbs: Iterable[Callback] = (),
        start: Position | None = None,
        report: Report = silent,
    ) -> None:
        """Goes through a plan's phases, from a checkpoint's position where there is one.

        What the fit methods, a background run and lr_find have in common; they see to it that they
        are `alone` with the model.
        """
        self.plan = plan
        if start is None:
            self.history, self.fits = History(), self.fits + 1
            self.chosen_on_validation = False
        # a preparation can take an hour, and is no idleness
        self.report, self.kept_epoch = activity.noting("train_step", report), 0
        self._handlers = handlers([self.best, *self.cbs, *cbs])
        self.n_epoch = sum(phase.epochs for phase in plan)
        try:
            features.prepare(self, plan)
            for index in range(start.phase if start else 0, len(plan)):
                self.phase_index, self.phase = index, plan[index]
                self.epoch = sum(phase.epochs for phase in plan[:index])
                self._one_phase(plan[index], start)
                start = None
                if self.stop_asked:
                    break
        except BaseException as error:
            if start and self.opt is None:  # while the data was prepared: no phase has begun
                start.give_best(self)
            if not isinstance(error, CancelFitException):
                raise

    @contextmanager
    def alone(self, awake: bool = True) -> Iterator[None]:
        """One thing at a time; whatever happens, the model is left in order and ready for use.

        Args:
            awake: Whether the model is needed on its device.
        """
        self.check_free()
        if not self._lock.acquire(blocking=False):
            raise Busy
        self.stop_asked, self._worker = False, threading.get_ident()
        try:
            if awake:
                self.model.to(self.dls.device)  # it may have rested
            yield
        finally:
            self._reset()
            self.report = silent
            self.set_frozen(self.frozen)
            self.model.zero_grad(set_to_none=True)
            self.model.eval()
            self._worker = 0
            self._lock.release()

    def rest(self) -> None:
        """Moves the weights from a GPU to the main memory until they are used again.

        Features of photos that were remembered there are read from the disk again.

        Raises:
            Busy: The learner is at work.
        """
        with self.alone(awake=False):  # a full GPU has no room for one that rests already
            if self.dls.device.type != "cpu":
                self.model.to("cpu")
                self.remembered.clear()

    def _one_phase(self, phase: Phase, start: Position | None) -> None:
        train, valid = self._begin_phase(phase, start)
        try:
            self.tell("before_fit")
            first = self.phase_epoch
            for self.phase_epoch in range(first, phase.epochs):
                self._one_epoch(train, valid, start)
                self.epoch, start = self.epoch + 1, None
        except BaseException as error:
            self.best.put_back(self)
            if not isinstance(error, CancelFitException):
                raise
        else:
            if phase.keep_best:
                self.best.put_back(self)
        finally:
            self.part.eval()
            try:
                self.tell("after_fit")
            finally:
                self.best.forget()

    def _begin_phase(self, phase: Phase, start: Position | None) -> tuple[Any, Any]:
        """Readies what trains, its optimiser and its history; gives the two loaders."""
        self.set_frozen(phase.frozen)
        self.part, train, valid, how = features.part_to_train(self, phase)
        groups = optimizer_groups(self.part, self.groups, phase.rates, phase.wd)
        if not groups:
            raise CourseError("Everything is frozen, so nothing can learn. Call learn.unfreeze().")
        self.opt = self.opt_func(groups, lr=phase.rates[-1])
        first = start.epoch if start else 0
        self.n_iter, self.phase_epoch, self.epoch = batches_in(train), first, self.epoch + first
        if start:
            start.restore(self)
        else:
            norms = {"steady_norms": True} if phase.steady_norms else {}
            self.history.phases.append({"name": phase.name, "epochs": phase.epochs, **how, **norms})
        return train, valid

    def _one_epoch(self, train: Any, valid: Any, start: Position | None) -> None:
        began = time.perf_counter()
        first = self.history.epochs[-1]["step"] if self.history.epochs else 0
        values: dict[str, Any] = {}
        try:
            self.tell("before_epoch")
            self._train_epoch(train, start)
            self.tell("before_validate")
            values, _, targets = preds.judge(self, self.part, valid)
            self.judged = len(targets)
            self.tell("after_validate")
        except CancelEpochException:
            pass
        self.history.add_epoch(
            first,
            epoch=self.epoch + 1,
            phase=self.phase.name if self.phase else "",
            valid_loss=values.pop("loss", None),
            **values,
            seconds=time.perf_counter() - began,
        )
        self.tell("after_epoch")

    def _train_epoch(self, train: Any, start: Position | None) -> None:
        """One pass over `train`; a resumed one skips what was done and takes up the dice there."""
        self.training = True
        train_mode(self.part, self.groups[:-1] if self.phase and self.phase.steady_norms else ())
        self.tell("before_train")
        torch.manual_seed((self.seed * 1_000_003 + self.fits * 10_007 + self.epoch) % 2**63)
        self.loader, batches = train, enumerate(train)
        if start and start.batch:
            for _ in range(start.batch):
                next(batches, None)
            start.set_dice(self.dls.device)
        for self.iter, batch in batches:
            self.batch = to_device(batch, self.dls.device)
            self._set_rates()
            with suppress(CancelBatchException):
                self._step()
            self.tell("after_batch")
        self.tell("after_train")

    def _set_rates(self) -> None:
        phase = self.phase
        if phase is None:
            return
        done = self.phase_epoch * self.n_iter + self.iter
        self.pct_train = min(done / (phase.epochs * max(self.n_iter, 1)), 1.0)
        factor, momentum = phase.schedule.at(self.pct_train)
        for group in self.optimizer.param_groups:
            group["lr"] = group["top"] * factor
            if momentum is not None:
                if "betas" in group:
                    group["betas"] = (momentum, group["betas"][1])
                elif "momentum" in group:
                    group["momentum"] = momentum

    def forward(self, part: nn.Module) -> None:
        """Predicts `batch` and compares: sets `pred` and `loss`."""
        activity.record("train_step")  # in validation, too: it is part of a training
        self.tell("before_batch")
        with self.precision:
            self.pred = part(*self.batch[:-1])
            self.tell("after_predict")
            self.loss = self.loss_func(self.pred, self.batch[-1])
        self.tell("after_loss")

    def _step(self) -> None:
        """Learns from `batch`: predict, compare, find the gradients, step, forget them."""
        opt = self.optimizer
        self.forward(self.part)
        loss: Any = self.scaler.scale(self.loss) if self.scaler else self.loss
        loss.backward()
        self.tell("after_backward")
        if self.scaler:
            self.scaler.step(opt)
            self.scaler.update()
        else:
            opt.step()
        self.tell("after_step")
        opt.zero_grad()
        self.history.add_step(self.loss.detach(), opt.param_groups[-1]["lr"])

    def tell(self, event: str) -> None:
        """Calls the callbacks that want `event`."""
        for handler in self._handlers[event]:
            handler(self)

    @property
    def busy(self) -> bool:
        """Whether something is being trained or judged with this model now, or about to be."""
        return self._lock.locked() or bool(self.run and self.run.active)

    def check_still(self) -> None:
        """Makes sure that no other thread is changing the weights; a callback may ask.

        Raises:
            Busy: One is, or is about to.
        """
        if self._worker != threading.get_ident():
            self.check_free()

    def check_free(self) -> None:
        """Makes sure that nothing else is at work with this model.

        Raises:
            Busy: Something is, or is about to be.
        """
        elsewhere = self.run is not None and self.run.active and not self.run.mine
        if elsewhere or self._lock.locked():
            raise Busy

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        """The optimiser of the fit that is going on; there is none outside a fit."""
        if self.opt is None:
            raise CourseError("There is an optimiser only while a fit is going on.")
        return self.opt

    def say_left_out(self) -> None:
        """Has data that left unreadable items out say so, once."""
        if say := getattr(self.dls, "say_left_out", None):
            say()

    def note_training(self) -> None:
        """Keeps for the homework that something was trained, and whether with another seed."""
        data = str(getattr(self.dls, "digest", ""))
        deeds.trained(fingerprint.of_bytes(data.encode(), self.architecture.encode()), self.seed)

    @property
    def metric_names(self) -> list[str]:
        """What the metrics are called in the history."""
        return [scoring.name_of(metric) for metric in self.metrics]

    @property
    def can_cache(self) -> bool:
        """Whether a frozen body can be run once for each item and its outputs remembered."""
        return len(self.groups) > 1 and features.cacheable(self)
