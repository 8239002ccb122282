"""One training at a time: started, followed, slowed, stopped. No widgets, no torch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Any as AnyTrait
from traitlets import Bool, Float, Instance, Tuple, Unicode

from coursekit.learn.progress import ENDED
from coursekit.panels.training.choices import Choices
from coursekit.panels.training.news import News, Teller
from coursekit.panels.training.saved import Note
from coursekit.panels.training.words import overfitting, share, summary
from coursekit.panels.working import PanelModel

if TYPE_CHECKING:
    from coursekit.learn.history import History
    from coursekit.learn.progress import Progress
    from coursekit.learn.run import TrainingRun
    from coursekit.panels.picker.model import Found
    from coursekit.panels.training.trainer import Trainer

EMPTY = "There are no photos to train on yet. Once there are, Start trains a model on them."
READY = "Ready. Start trains a model; Step shows a single step of it."
HANDED = "Another page has taken this training over and goes on with it."
AT_WORK = ("preparing", "training", "validating", "paused")
HEARD = 0.35
"""Seconds between two news at least. Each is up to three messages to a page: the line, the new
points, and what an epoch changed; ten a second are the most that a page is to bear."""


class SteeredRun(PanelModel):
    """Starts, follows and steers a run.

    Args:
        trainer: What makes learners and runs.
        look_at_next: Has the next step of a run looked at.

    Attributes:
        found: The chosen photos, where photos are chosen.
        choices: How to train.
        speed: At most so many steps a second, in training as in a replay; 0: no limit.
        state: `empty`, `ready`, `loading`, a run's state, `keeping` while what was learned is made
            ready, `replaying` or `finding`, `cell` while a cell trains the Learner itself.
        said: Where things stand: a line, and how much is done (0 to 1; -1: not known).
        news: What the curves have got since the last news.
        closeup: The step that was looked at last.
        remark: A sentence where the model learns by heart.
        estimate: How long it will take.
        rates: What the learning-rate finder found.
        note: Which photos were left out.
        predictor: The trained model; None before the first training ended.
        trained: What that was trained on, as words that follow "the model".
        ended: How the last run ended, a line, for whoever looks elsewhere meanwhile.
        visitor: This browser's own word; "" in a notebook.
        code: The lines that train as chosen, once they were asked for.
        resumable: Whether the last run can go on.
    """

    found: Any = AnyTrait(None)
    choices: Any = Instance(Choices, args=())
    speed = Float(0.0)
    state = Unicode("empty")
    said: Any = Tuple((EMPTY, -1.0))
    news: Any = Instance(News, allow_none=True)
    closeup: Any = AnyTrait(None)
    remark = Unicode()
    estimate = Unicode()
    rates: Any = AnyTrait(None)
    note = Unicode()
    predictor: Any = AnyTrait(None)
    trained = Unicode()
    ended = Unicode()
    visitor = Unicode()
    code = Unicode()
    resumable = Bool()

    def __init__(
        self, trainer: Trainer, look_at_next: Callable[[TrainingRun], None], ready: bool = False
    ) -> None:
        super().__init__()
        self.trainer, self._look_at_next = trainer, look_at_next
        self.run: TrainingRun | None = None
        self.began: Note | None = None
        self.teller = Teller()
        self._stopping = self._step_first = False
        self._heard, self._hearing = 0.0, threading.Lock()
        self._considered: Any = None
        self.observe(self._new_photos, "found")
        self.observe(self._new_speed, "speed")
        if ready:
            self.state, self.said = "ready", (READY, -1.0)

    @property
    def running(self) -> bool:
        """Whether something goes on that Stop ends."""
        return self.state in (*AT_WORK, "loading", "keeping", "replaying", "finding", "cell")

    @property
    def allowed(self) -> frozenset[str]:
        """What can be done now: start, pause, step, resume, stop, replay, find."""
        if self.state in ("preparing", "training", "validating"):
            return frozenset({"pause", "step", "stop"})
        if self.state == "paused":
            return frozenset({"resume", "step", "stop"})
        if self.running:
            return frozenset({"stop"} if self.state not in ("keeping", "cell") else ())
        more = {"resume"} if self.state == "stopped" and self.resumable else set()
        more |= {"replay"} if self.teller.steps else set()
        return frozenset(more if self.state == "empty" else more | {"start", "step", "find"})

    def _new_photos(self, change: Any) -> None:
        found: Found | None = change.new
        self.trainer.photos = found.photos if found else None
        self.estimate, self.rates = "", None
        if not self.running:
            self.resumable = False
            self.state = "ready" if found else "empty"
            self.said = (READY if found else EMPTY, -1.0)

    def _new_speed(self, change: Any) -> None:
        if self.run and self.run.active:
            self.run.go_at(change.new or None)
            if self.began:
                self.began = replace(self.began, speed=change.new)
                self._keep_note(self.run)

    def _keep_note(self, run: TrainingRun) -> None:
        """Keeps beside the run what another page needs to go on with it."""
        if self.began:
            with suppress(OSError):  # a full disk ends no training
                self.began.write(run.folder)

    def choose(self, **changes: Any) -> None:
        """Changes what is chosen, by the names of `Choices`."""
        choices = replace(self.choices, **changes)
        if choices != self.choices:
            self.estimate = ""
            if replace(choices, epochs=1, rate=None) != replace(self.choices, epochs=1, rate=None):
                self.rates = None  # they were found for another network or other pictures
            self.choices = choices

    def ask_start(self, step: bool = False) -> bool:
        """Says at once that a training begins; `start` then does it. False: it can't begin."""
        if "start" not in self.allowed:
            return False
        self._stopping, self._step_first = False, step
        self.state, self.said = "loading", ("Starting …", -1.0)
        self.note = self.remark = self.message = ""
        self.ended, self.closeup = "", None  # an equal end of another run is news, too
        return True

    def start(self) -> None:
        """Trains until the run ends, after `ask_start`; call it in a worker thread."""
        first, self._step_first = self._step_first, False
        photos = self.trainer.photos
        choices, speed = self.choices, self.speed  # all else is of this moment, too
        self.began = Note(self.visitor, photos, choices, speed) if photos else None

        def begin() -> TrainingRun:
            run = self.trainer.begin(choices, self._tell_closeup, first, speed or None, photos)
            self._keep_note(run)
            return run

        self._go(begin, str(choices), first)

    def take_over(self, folder: Path, note: Note) -> None:
        """Goes on here with this browser's run, which another page began; no step is lost."""
        self._stopping = False
        self.state, self.said = "loading", ("Taking over your training from the other page …", -1.0)
        self.choices, self.speed, self.began = note.choices, note.speed, note
        self._go(
            lambda: self.trainer.go_on(
                folder, note.choices, self._tell_closeup, self.speed or None
            ),
            str(note.choices),
        )

    def resume(self) -> None:
        """Goes on after a pause at once; after a stop until the run ends, in a worker thread."""
        if self.run and self.state == "paused":
            self.run.resume()
        elif self.ask_resume():
            self.go_on()

    def ask_resume(self) -> bool:
        """Says at once that a stopped run goes on; `go_on` then does it. False: it can't."""
        if self.run is None or self.state == "paused" or "resume" not in self.allowed:
            return False
        self._stopping, self.ended = False, ""
        self.state, self.said, self.message = "loading", ("Going on …", -1.0), ""
        return True

    def go_on(self) -> None:
        """Trains on from where the run was stopped, after `ask_resume`; in a worker thread."""
        if self.run is not None:
            self._go(self.run.resume, "", again=True)

    def attach(self, run: TrainingRun) -> None:
        """Follows a run that was begun elsewhere in this Python, from its first step."""
        self._stopping = False
        self.state = "loading"
        self._go(lambda: run, "")

    def pause(self) -> None:
        """Holds after the batch that it is at."""
        if self.run and "pause" in self.allowed:
            self.run.pause()

    def step(self) -> None:
        """Trains one batch and looks at it closely; call it in a worker thread."""
        if self.run and self.state in AT_WORK:
            self._look_at_next(self.run)
            self.run.step()

    def stop(self) -> None:
        """Ends the run within a batch; what it has learned so far is kept. Back at once."""
        if "stop" not in self.allowed:
            return
        self._stopping, self.busy = True, "Stopping"
        if self.run:
            self.run.stop(wait=False)

    def _go(
        self,
        begin: Callable[[], TrainingRun],
        name: str,
        step_first: bool = False,
        again: bool = False,
    ) -> None:
        before, run = self.run, None
        self.run, self.resumable = None, False
        with self.working("Loading PyTorch and the photos"):
            self.run = run = begin()
            self.teller.follow(name, again)
            self._follow(run, step_first)
        if run is None:  # it could not begin
            self.run = before if again else None
            self.state, self.said = "failed", ("The training did not begin.", -1.0)

    def _follow(self, run: TrainingRun, step_first: bool) -> None:
        def hear(_: object) -> None:
            self._hear(run)

        run.observe(hear, "progress")
        self._hear(run)
        if self._stopping:
            run.stop(wait=False)
        elif step_first:
            threading.Thread(target=self.step, name="first step", daemon=True).start()
        run.wait()
        run.unobserve(hear, "progress")
        self._hear(run, last=True)
        self.state = "keeping"
        try:
            self.note = " ".join(
                filter(None, (run.progress.warning, self.trainer.left_out(run.learn)))
            )
            if run.progress.state != "failed":
                self._keep(run)
        finally:
            self._end(run)

    def _end(self, run: TrainingRun) -> None:
        """Says how it ended; the state comes last, for then the next one may begin at once."""
        self.ended = self.said[0]
        if run.handed_over:
            self.said = (HANDED, -1.0)
        self.resumable = run.progress.state == "stopped" and not run.handed_over
        self.state = run.progress.state

    def _keep(self, run: TrainingRun) -> None:
        """Makes what was learned ready to predict; somebody's own Learner is left to its cells."""
        if self.trainer.fixed:
            return
        self.busy = "Making the trained model ready"
        if predictor := self.trainer.keep(run.learn):
            folder = self.began.photos.folder.name if self.began else "this data"
            self.trained, self.predictor = f"trained on {folder}", predictor

    def _hear(self, run: TrainingRun, last: bool = False) -> None:
        progress = run.progress
        with self._hearing:
            ended = progress.state in ENDED
            soon = progress.state == self.state and time.monotonic() - self._heard < HEARD
            if (soon or ended) and not last:  # the end is told once the model is ready
                return
            self._heard = time.monotonic()
            self.busy = "Stopping" if self._stopping else ""
            self._show(progress, run.history)
            if not ended:
                self.state = progress.state
            self.note = progress.warning or self.note
            if progress.error:
                self.message = progress.error

    def _show(self, progress: Progress, history: History) -> None:
        """Publishes where a fit stands, and what is new in its history."""
        self.teller.unit = "pass" if progress.remembered else "epoch"
        self.teller.kept = progress.kept
        if news := self.teller.news(history):
            self.news = news
            if news.epochs:
                self.remark = overfitting(history.epochs, news.unit)
        self.said = (summary(progress), share(progress))

    def _tell_closeup(self, closeup: Any) -> None:
        with suppress(Exception):  # a page that can't show it ends no training
            self.closeup = closeup
