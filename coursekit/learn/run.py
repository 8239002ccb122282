"""A fit in the background: it can be watched, paused, stepped, stopped and taken up again."""

from __future__ import annotations

import json
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import HasTraits, Instance

from coursekit.core import handing, kernel, paths
from coursekit.core.errors import CourseError, sentence
from coursekit.learn import checkpoint, phases, recipe
from coursekit.learn.events import Callback
from coursekit.learn.history import FORMAT, History
from coursekit.learn.loop import as_callbacks
from coursekit.learn.phases import Phase
from coursekit.learn.progress import ENDED, Progress, State
from coursekit.learn.watch import ASKED, Watch, latest, write_status
from coursekit.scores import items
from coursekit.scores.folder import HISTORY, RECIPE, STATUS, read_object

if TYPE_CHECKING:
    from coursekit.learn.checkpoint import Position
    from coursekit.learn.learner import Learner


class TrainingRun(HasTraits):
    """One fit in a worker thread. Observe `progress`; it changes at most ten times a second.

    Attributes:
        history: What the fit went through until now.
        folder: Where recipe, history, status and checkpoints are kept.
        speed: At most so many steps a second, to look on; None for as fast as it goes.
        traceback: Of a failed run, for whoever mends it.
        held: Seconds that it was paused.
        seconds: How long it trained, from its first start, pauses and stops left out.
        photos: The folder that its items are from; "" where the data names none.
        handed_over: Whether it was stopped because another process goes on with it.
    """

    speed: float | None = None

    progress = Instance(Progress, args=())

    def __init__(
        self, learn: Learner, plan: list[Phase], folder: Path, cbs: Iterable[Callback] = ()
    ) -> None:
        super().__init__()
        self.learn, self.plan, self.folder, self.traceback = learn, plan, folder, ""
        self.history, self.cbs, self.fits = History(), list(cbs), learn.fits
        self._gate = threading.Condition()
        self._paused = self._waiting = False
        self._grants = self._batches = 0
        self._stepped = self.held = self._worked = 0.0
        self._started: float | None = None
        self.photos = str(path.resolve()) if (path := getattr(learn.dls, "path", None)) else ""
        self._thread: threading.Thread | None = None
        # not Thread.join, which an Interrupt during it leaves with a wrong idea of the thread
        self._ended = threading.Event()
        self.stopping = threading.Event()
        self.handed_over = False

    def __repr__(self) -> str:
        now = self.progress
        where = (
            f"epoch {now.epoch} of {now.epochs}, step {now.step}" if now.epochs else "no epoch yet"
        )
        return f"TrainingRun: {now.state}, {where}; kept in {self.folder}"

    @property
    def alive(self) -> bool:
        """Whether the worker thread is at work (or waiting to go on)."""
        return self._thread is not None and not self._ended.is_set()

    @property
    def active(self) -> bool:
        """Whether it has begun and not ended."""
        return self.alive and self.progress.state not in ENDED

    @property
    def pausing(self) -> bool:
        """Whether it holds after this batch."""
        return self._paused and self._grants <= 1

    @property
    def seconds(self) -> float:
        """See above."""
        now = 0.0 if self._started is None else time.monotonic() - self._started
        return self._worked + now - self.held

    @property
    def mine(self) -> bool:
        """Whether this is called in the worker thread."""
        return self._thread is threading.current_thread()

    def pause(self) -> None:
        """Holds after the batch, or the items that are being prepared, that it is at."""
        with self._gate:
            self._paused = True
            self._gate.notify_all()  # it may be waiting for the next step of a slow run

    def resume(self) -> TrainingRun:
        """Goes on after a pause, or after a stop from its checkpoint.

        Raises:
            CourseError: The run is finished, or its checkpoint can't be used.
        """
        if self.active:
            with self._gate:
                self._paused = False
                self._gate.notify_all()
            return self
        self.wait()  # the worker may have told its end and not quite reached it
        if self.progress.state == "finished":
            raise CourseError("This run is finished. Start another one to train further.")
        self.learn.check_free()
        recipe.check(self.learn, _begun(self.folder), self.cbs, self.folder, stacklevel=3)
        if not (self.folder / checkpoint.LAST).exists():  # stopped while preparing
            self.learn.fits = self.fits
            return self._begin()
        return self._begin(checkpoint.load(self.learn, self.folder))

    def step(self) -> None:
        """Trains exactly one batch, then holds again; returns when it is done."""
        with self._gate:
            self._paused = True
            self._gate.wait_for(lambda: self._waiting or not self.active)
            goal = self._batches + 1
            self._grants += 1
            self._gate.notify_all()
            while self.active and self._batches < goal:
                self._gate.wait(0.1)  # looks again in case the run ended without a batch
            while self.active and not self._waiting:
                self._gate.wait(0.1)

    def stop(self, wait: bool = True) -> None:
        """Ends the fit after the batch that it is at; the model gets its best epoch's weights.

        Args:
            wait: Whether to come back when it has ended, not at once.
        """
        self.stopping.set()
        with self._gate:
            self._gate.notify_all()
        if wait:
            self.wait()

    def wait(self, timeout: float | None = None) -> Progress:
        """Waits for the end, at most `timeout` seconds, and says where the run stands."""
        if self._thread and not self.mine and self._ended.wait(timeout):
            # else it may still be letting go of tensors when Python ends, which aborts the process
            self._thread.join()
            self.learn.say_left_out()
        return self.progress

    def tell(self, **changes: Any) -> None:
        """Publishes a changed copy of `progress`; an observer that fails ends no training."""
        try:
            self.progress = replace(self.progress, **changes)
        except Exception:  # noqa: BLE001 - whatever somebody else's observer raises
            self.traceback = traceback.format_exc()

    def hold(
        self, trained: bool, news: Callable[[], dict[str, Any]], keep: Callable[[], None]
    ) -> bool:
        """Called after each batch or prepared items in the worker: waits while paused.

        Args:
            trained: Whether a batch was trained on.
            news: What a message that it waits carries.
            keep: Called meanwhile to write a checkpoint if another process wants one.

        Returns:
            Whether it is to stop.
        """
        with self._gate:
            if trained:
                self._slow_down()
                self._batches += 1
                self._grants = max(0, self._grants - 1)
                self._gate.notify_all()
        before, began = self.progress.state, time.monotonic()
        while self._holds(news):
            self.look_for_request()
            keep()  # without the lock, which buttons take: on a slow disk it lasts
        with self._gate:
            if self._waiting:
                self.held += time.monotonic() - began
                self._waiting = False
                handing.say_waiting(self.folder, False)
                self.tell(state=before, points=())
        return self.stopping.is_set()

    def _holds(self, news: Callable[[], dict[str, Any]]) -> bool:
        """Waits a moment, and says so at first; False at once where the run may go on."""
        with self._gate:
            if not self._paused or self._grants or self.stopping.is_set():
                return False
            if not self._waiting:
                self._waiting = True
                handing.say_waiting(self.folder, True)
                self.tell(**news() | {"state": "paused"})
                self._gate.notify_all()
            self._gate.wait(ASKED)
        return True

    def look_for_request(self) -> None:
        """Stops where another process asks for the run."""
        if handing.asked_for(self.folder):
            self.handed_over = True
            self.stopping.set()

    def _slow_down(self) -> None:
        """Waits until the next step is due at `speed`; a change of it, pause or stop ends that."""
        speed = self.speed
        if speed:
            due = self._stepped + 1 / speed
            left = due - time.monotonic()
            self._gate.wait_for(
                lambda: self.stopping.is_set() or self._paused or self.speed != speed,
                max(0.0, left),
            )
        self._stepped = time.monotonic()

    def go_at(self, speed: float | None) -> None:
        """Sets `speed` for the steps to come; a wait for the next one ends at once."""
        with self._gate:
            self.speed = speed
            self._gate.notify_all()

    def _begin(self, start: Position | None = None, paused: bool = False) -> TrainingRun:
        self.stopping.clear()
        self._ended.clear()
        self.handed_over = False
        self._paused, self._grants, self.learn.run = paused, 0, self
        if start:
            self.history = self.learn.history
        self.tell(
            state="preparing", error="", points=(), done=0, total=0, left=None, parts=len(self.plan)
        )
        self._thread = threading.Thread(
            target=self._work, args=(start,), name="coursekit training", daemon=True
        )
        self._thread.start()
        return self

    def _work(self, start: Position | None) -> None:
        watch = Watch(self)
        self._started = time.monotonic()
        try:
            awake = kernel.awake(lambda: self._waiting)
            with handing.at_work(self.folder), awake, self.learn.alone():
                self.learn.follow(self.plan, [*self.cbs, watch], start, watch.preparing)
        except Exception as error:  # noqa: BLE001 - past here a thread's error is lost
            self.traceback = traceback.format_exc()
            self._end("failed", watch, sentence(error))
        else:
            self._end("stopped" if self.stopping.is_set() else "finished", watch)
        finally:
            self._worked += time.monotonic() - self._started
            self._started = None
            self._ended.set()

    def _end(self, state: State, watch: Watch, error: str = "") -> None:
        self.tell(
            **watch.where,
            **latest(self.history, self.learn.metric_names, self.learn.kept_epoch),
            state=state,
            error=error,
            left=None,
            points=watch.points(),
            train_loss=self.history.losses[-1] if len(self.history) else None,
        )
        if self.history.epochs:
            self.learn.note_training()
        with suppress(OSError):  # an error that ended the run is told already
            paths.write_text(self.folder / HISTORY, self.history.to_json())
            write_status(self)
            write_result(self)
        with self._gate:
            self._gate.notify_all()


def begin(
    learn: Learner,
    method: str,
    *args: Any,
    cbs: Any = None,
    paused: bool = False,
    speed: float | None = None,
    **kwargs: Any,
) -> TrainingRun:
    """See `Learner.start`."""
    learn.check_free()
    plan = phases.plan(learn, method, *args, **kwargs)
    call = {"method": method, "args": args, "options": kwargs}
    return begin_plan(learn, plan, call, cbs, paused, speed)


def begin_plan(
    learn: Learner,
    plan: list[Phase],
    call: Mapping[str, Any],
    cbs: Any = None,
    paused: bool = False,
    speed: float | None = None,
) -> TrainingRun:
    """Begins a plan in the background; `call` says which method made it, and how."""
    learn.check_free()
    folder, callbacks = new_folder(), as_callbacks(cbs)
    about = recipe.of(learn, plan, callbacks) | {"call": dict(call)}
    if table := getattr(learn.dls, "labels_table", None):
        items.write(folder, table())
    paths.write_text(folder / RECIPE, json.dumps(about, indent=1, default=str))
    run = TrainingRun(learn, plan, folder, callbacks)
    run.speed = speed
    return run._begin(paused=paused)


def resume_from(
    learn: Learner, folder: Path, cbs: Any = None, speed: float | None = None
) -> TrainingRun:
    """See `Learner.resume_from`."""
    learn.check_free()
    about, callbacks = _begun(folder), as_callbacks(cbs)
    asked = handing.take_over(folder)
    recipe.check(learn, about, callbacks, folder, stacklevel=4)
    plan = [Phase.from_json(phase) for phase in about["phases"]]
    run = TrainingRun(learn, plan, folder, callbacks)
    run.speed, run._worked = speed, seconds_of(folder)
    if asked and not (folder / checkpoint.LAST).exists():
        return run._begin()  # it was taken over while the items were prepared: no step is done
    return run._begin(checkpoint.load(learn, folder))


def _begun(folder: Path) -> dict[str, Any]:
    """The recipe that a run began by."""
    if not folder.is_dir():
        raise checkpoint.NoCheckpoint(folder, "there is no such folder")
    try:
        about = json.loads((folder / RECIPE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise checkpoint.NoCheckpoint(folder, "it holds no recipe that can be read") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise checkpoint.NoCheckpoint(folder, "its files are of another version of coursekit")
    return about


def write_result(run: TrainingRun) -> None:
    """Adds to the recipe what came of it, so that whoever runs it again can compare."""
    about = json.loads((run.folder / RECIPE).read_text(encoding="utf-8"))
    about["result"] = recipe.result(run.learn, run.history, run.progress.metrics)
    paths.write_text(run.folder / RECIPE, json.dumps(about, indent=1, default=str))


def seconds_of(folder: Path) -> float:
    """How long a run had trained when it last said so."""
    try:
        return float(read_object(folder, STATUS).get("seconds", 0.0))
    except (ValueError, TypeError):
        return 0.0


def new_folder() -> Path:
    """A folder for one run; a temporary one where the home folder can't be written."""
    from ulid import ULID

    try:
        folder = paths.folder("runs") / str(ULID())
        folder.mkdir()
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="coursekit-run-"))
    return folder
