"""A fit in the background: it can be watched, paused, stepped, stopped and taken up again."""

from __future__ import annotations

import json
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from traitlets import HasTraits, Instance

from coursekit.core import paths
from coursekit.core.errors import CourseError, sentence
from coursekit.learn import checkpoint, phases, recipe
from coursekit.learn.events import Callback, CancelFitException
from coursekit.learn.history import History, Point
from coursekit.learn.phases import Phase

if TYPE_CHECKING:
    from coursekit.learn.checkpoint import Position
    from coursekit.learn.learner import Learner

State = Literal[
    "ready", "preparing", "training", "validating", "paused", "stopped", "finished", "failed"
]
ENDED = ("stopped", "finished", "failed")

MESSAGES = 0.1
"""Seconds between two messages at least."""

CHECKPOINTS = 60.0
"""Seconds after which a checkpoint is written within an epoch, too."""


@dataclass(frozen=True)
class Progress:
    """Where a run stands: one value, replaced whole.

    Attributes:
        state: `preparing` counts items `done` of `total`; the last three are ways to have ended.
        phase: What trains.
        epoch: From 1, of `epochs`, through all phases.
        batch: Batches done in this epoch, of `batches`.
        step: Steps done in all.
        points: (step, training loss, rate) of every step since the last message.
        train_loss: The last step's.
        valid_loss: The last epoch's.
        metrics: The last epoch's, by name.
        lr: The learning rate.
        rate: Items a second.
        left: Seconds, at this pace.
        error: What went wrong, in a sentence.
    """

    state: State = "ready"
    done: int = 0
    total: int = 0
    phase: str = ""
    epoch: int = 0
    epochs: int = 0
    batch: int = 0
    batches: int = 0
    step: int = 0
    points: tuple[Point, ...] = ()
    train_loss: float | None = None
    valid_loss: float | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    lr: float = 0.0
    rate: float = 0.0
    left: float | None = None
    error: str = ""


class TrainingRun(HasTraits):
    """One fit in a worker thread. Observe `progress`; it changes at most ten times a second.

    Attributes:
        history: The Learner's, as it grows.
        folder: Where recipe, history, status and checkpoints are kept.
        traceback: Of a failed run, for whoever mends it.
    """

    progress = Instance(Progress, args=())

    def __init__(self, learn: Learner, plan: list[Phase], folder: Path) -> None:
        super().__init__()
        self.learn, self.plan, self.folder, self.traceback = learn, plan, folder, ""
        self._gate = threading.Condition()
        self._paused = self._waiting = False
        self._grants = self._batches = 0
        self._thread: threading.Thread | None = None
        self.stopping = threading.Event()

    @property
    def history(self) -> History:
        """What the fit went through until now."""
        return self.learn.history

    @property
    def alive(self) -> bool:
        """Whether the worker thread is at work (or waiting to go on)."""
        return self._thread is not None and self._thread.is_alive()

    def pause(self) -> None:
        """Holds the fit after the batch that it is at."""
        with self._gate:
            self._paused = True

    def resume(self) -> TrainingRun:
        """Goes on after a pause, or after a stop from its checkpoint.

        Raises:
            CourseError: The run is finished, or its checkpoint can't be used.
        """
        if self.alive:
            with self._gate:
                self._paused = False
                self._gate.notify_all()
            return self
        if self.progress.state == "finished":
            raise CourseError("This run is finished. Start another one to train further.")
        return self._begin(checkpoint.load(self.learn, self.folder))

    def step(self) -> None:
        """Trains exactly one batch, then holds again; returns when it is done."""
        with self._gate:
            self._paused = True
            self._gate.wait_for(lambda: self._waiting or not self.alive, timeout=None)
            goal = self._batches + 1
            self._grants += 1
            self._gate.notify_all()
            while self.alive and self._batches < goal:
                self._gate.wait(0.1)  # looks again in case the run ended without a batch
            while self.alive and not self._waiting:
                self._gate.wait(0.1)

    def stop(self) -> None:
        """Ends the fit after the batch that it is at; the model gets its best epoch's weights."""
        self.stopping.set()
        with self._gate:
            self._gate.notify_all()
        self.wait()

    def wait(self, timeout: float | None = None) -> Progress:
        """Waits for the end, at most `timeout` seconds, and says where the run stands."""
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return self.progress

    def tell(self, **changes: Any) -> None:
        """Publishes a changed copy of `progress`."""
        self.progress = replace(self.progress, **changes)

    def hold(self, trained: bool) -> bool:
        """Called after each batch in the worker: waits while paused; True when it is to stop."""
        with self._gate:
            if trained:
                self._batches += 1
                self._grants = max(0, self._grants - 1)
                self._gate.notify_all()
            before = self.progress.state
            while self._paused and not self._grants and not self.stopping.is_set():
                if not self._waiting:
                    self._waiting = True
                    self.tell(state="paused", points=())
                    self._gate.notify_all()
                self._gate.wait()
            if self._waiting:
                self._waiting = False
                self.tell(state=before, points=())
        return self.stopping.is_set()

    def _begin(self, start: Position | None = None) -> TrainingRun:
        self.stopping.clear()
        self._paused, self._grants = False, 0
        self.tell(state="preparing", error="", points=(), done=0, total=0, left=None)
        self._thread = threading.Thread(
            target=self._work, args=(start,), name="coursekit training", daemon=True
        )
        self._thread.start()
        return self

    def _work(self, start: Position | None) -> None:
        watch = Watch(self)
        try:
            self.learn.follow(self.plan, [watch], start, watch.preparing)
        except Exception as error:  # noqa: BLE001 - past here a thread's error is lost
            self.traceback = traceback.format_exc()
            self._end("failed", watch, sentence(error))
        else:
            self._end("stopped" if self.stopping.is_set() else "finished", watch)

    def _end(self, state: State, watch: Watch, error: str = "") -> None:
        last = self.history.epochs[-1] if self.history.epochs else {}
        names = [name for name in self.learn.metric_names if name in last]
        self.tell(
            state=state,
            error=error,
            left=None,
            points=watch.points(),
            step=len(self.history),
            valid_loss=last.get("valid_loss"),
            metrics={name: last[name] for name in names},
        )
        paths.write_text(self.folder / checkpoint.HISTORY, self.history.to_json())
        write_status(self)
        with self._gate:
            self._gate.notify_all()


class Watch(Callback):
    """Tells a run how its fit is going, writes checkpoints, and holds or stops it when asked."""

    def __init__(self, run: TrainingRun) -> None:
        self.run, self.sent = run, 0
        self.told = self.saved = self.began = 0.0
        self.items = self.first_step = 0

    def preparing(self, what: str, done: int, total: int) -> None:
        """Reports items that are ready before the first phase; stops where that is asked."""
        del what
        if self.run.stopping.is_set():
            raise CancelFitException
        if done == total or time.monotonic() - self.told >= MESSAGES:
            self.told = time.monotonic()
            self.run.tell(state="preparing", done=done, total=total, points=())

    def before_fit(self, learn: Learner) -> None:
        self.began, self.first_step, self.items = time.monotonic(), len(learn.history), 0
        self.sent = min(self.sent or len(learn.history), len(learn.history))
        if learn.phase_index == learn.phase_epoch == 0 and not len(learn.history):
            self._save(learn, 0, 0, 0)

    def before_train(self, learn: Learner) -> None:
        self._tell(learn, "training")

    def before_validate(self, learn: Learner) -> None:
        self._tell(learn, "validating")

    def after_batch(self, learn: Learner) -> None:
        now = time.monotonic()
        if learn.training:
            self.items += len(learn.batch[-1])
            self._tell(learn, "training")
            if now - self.saved >= CHECKPOINTS:
                self._save(learn, learn.phase_index, learn.phase_epoch, learn.iter + 1)
        held = time.monotonic()
        if self.run.hold(learn.training):
            done = learn.iter + 1 if learn.training else learn.n_iter
            self._save(learn, learn.phase_index, learn.phase_epoch, done)
            learn.stop_asked = True
            raise CancelFitException
        self.began += time.monotonic() - held

    def after_epoch(self, learn: Learner) -> None:
        self._tell(learn, "training")
        if time.monotonic() - self.saved >= 1:
            self._save(learn, learn.phase_index, learn.phase_epoch + 1, 0)

    def after_fit(self, learn: Learner) -> None:
        phase = learn.phase
        if phase and learn.phase_epoch == phase.epochs - 1 and not learn.stop_asked:
            self._save(learn, learn.phase_index + 1, 0, 0)

    def points(self) -> tuple[Point, ...]:
        """The steps that no message has carried yet."""
        points = self.run.history.since(self.sent)
        self.sent += len(points)
        return points

    def _save(self, learn: Learner, phase: int, epoch: int, batch: int) -> None:
        checkpoint.save(learn, self.run.folder, phase, epoch, batch)
        write_status(self.run)
        self.saved = time.monotonic()

    def _tell(self, learn: Learner, state: State) -> None:
        now = time.monotonic()
        if now - self.told < MESSAGES:
            return
        self.told, points, history = now, self.points(), learn.history
        last = history.epochs[-1] if history.epochs else {}
        steps, seconds = len(history) - self.first_step, self.told - self.began
        to_do = (learn.phase.epochs if learn.phase else 0) * learn.n_iter - steps
        self.run.tell(
            state=state,
            phase=learn.phase.name if learn.phase else "",
            epoch=learn.epoch + 1,
            epochs=learn.n_epoch,
            batch=learn.iter + 1 if steps and learn.training else 0,
            batches=learn.n_iter,
            step=len(history),
            points=points,
            train_loss=points[-1][1] if points else self.run.progress.train_loss,
            valid_loss=last.get("valid_loss"),
            metrics={name: last[name] for name in learn.metric_names if name in last},
            lr=history.rates[-1] if history.rates else 0.0,
            rate=self.items / seconds if seconds > 0 else 0.0,
            left=max(to_do, 0) * seconds / steps if steps else None,
        )


def begin(learn: Learner, method: str, *args: Any, **kwargs: Any) -> TrainingRun:
    """See `Learner.start`."""
    if learn.busy:
        raise CourseError("This learner is training already. Stop that run first, or wait for it.")
    plan = phases.plan(learn, method, *args, **kwargs)
    folder = new_folder()
    call = {"method": method, "args": args, "options": kwargs}
    about = recipe.of(learn, plan) | {"call": call}
    paths.write_text(folder / "recipe.json", json.dumps(about, indent=1, default=str))
    learn.run = TrainingRun(learn, plan, folder)._begin()
    return learn.run


def resume_from(learn: Learner, folder: Path) -> TrainingRun:
    """See `Learner.resume_from`."""
    if learn.busy:
        raise CourseError("This learner is training already. Stop that run first, or wait for it.")
    try:
        about = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise checkpoint.NoCheckpoint(folder, "it holds no recipe that can be read") from error
    recipe.check(learn, about, folder)
    plan = [Phase.from_json(phase) for phase in about["phases"]]
    position = checkpoint.load(learn, folder)
    learn.run = TrainingRun(learn, plan, folder)._begin(position)
    return learn.run


def new_folder() -> Path:
    """A folder for one run; a temporary one where the home folder can't be written."""
    from ulid import ULID

    try:
        folder = paths.folder("runs") / str(ULID())
        folder.mkdir()
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="coursekit-run-"))
    return folder


def write_status(run: TrainingRun) -> None:
    """Keeps where a run stands beside its checkpoint."""
    about = {"format": 1, "updated": datetime.now(UTC).isoformat(timespec="seconds")}
    names = ("state", "phase", "epoch", "epochs", "step", "valid_loss", "metrics", "error")
    values = {name: getattr(run.progress, name) for name in names}
    paths.write_text(run.folder / "status.json", json.dumps(about | values))
