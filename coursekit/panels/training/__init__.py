"""Start, watch, slow down and stop a training: the `TrainingMonitor`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.wording import listing
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.panel import Panel
from coursekit.panels.served import in_app
from coursekit.panels.training import saved
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.training.trainer import PhotoTrainer, Trainer, look_at_next
from coursekit.panels.training.words import plain, value
from coursekit.panels.working import Worker

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.learn.learner import Learner
    from coursekit.panels.picker.model import Found

ROWS = 12


class TrainingMonitor(Panel):
    """Trains, and shows the training while it goes on.

    Shown again for the same Learner, in a cell that is run again, say, it is the same panel: it
    follows the run that is going on, and no second one can be started beside it. It shows what a
    cell trains itself, as with `learn.fine_tune(1)`, too.

    Args:
        learn: What is trained; None where the panel is given photos: then each Start makes a
            pretrained network for them.
        title: The panel's heading.
        again: Chooses the photos of a run that another page began.

    Example:
        >>> from coursekit.vision.all import *
        >>> dls = ImageDataLoaders.from_folder(untar_data(URLs.DIGITS, progress=False))
        >>> monitor = TrainingMonitor(vision_learner(dls, metrics=error_rate))
        >>> monitor.model.state
        'ready'
    """

    model: MonitorModel
    worker: Worker

    def __init__(
        self,
        learn: Learner | None = None,
        title: str = "Train",
        again: Callable[[LabelledFolder], Found | None] | None = None,
    ) -> None:
        self.title, self._again = title, again or look_again
        self._first: TrainingMonitor = self
        if learn is not None:
            self._first = vars(learn).setdefault("monitor", self)
        if learn is not None and self._first is not self:
            self.model, self.worker = self._first.model, self._first.worker
            self.follow(learn)
            return
        trainer = PhotoTrainer() if learn is None else Trainer(learn)
        self.model = MonitorModel(trainer, look_at_next, ready=learn is not None)
        self.worker = Worker(self.model.stop)
        self.model.observe(lambda _: self.worker.do(self._find_live), "visitor")
        if learn is not None:
            self._look_on(learn)
            self.follow(learn)

    @property
    def view(self) -> VBox:  # one for all panels of a Learner
        """The panel's widgets."""
        return Panel.view.__get__(self._first)

    def widgets(self) -> VBox:
        from coursekit.panels.training.view import monitor_view

        return monitor_view(self.model, self.worker, self.title, in_app())

    def use(self, found: Found | None) -> None:
        """Trains on these photos from now on."""
        self.model.found = found
        if found:
            self.worker.do(self.model.consider)

    def follow(self, learn: Learner) -> None:
        """Shows how a Learner is, or was last, trained; what is shown of it already stays."""
        run, model = learn.run, self.model
        if model.running or (run and run is model.run):
            return
        if run and run.active:
            model.state = "loading"
            self.worker.do(lambda: model.attach(run))
        elif run and run.history is learn.history:
            model.show_run(run)
        elif len(learn.history):
            model.show_history(learn.history)

    def _look_on(self, learn: Learner) -> None:
        """Shows the fits that cells run themselves, while they go on."""
        from coursekit.panels.training.cell import Onlooker

        learn.onlookers.append(Onlooker(self.model.look_on))

    def close(self) -> None:
        if self._first is self:
            super().close()
        else:
            self._first.close()

    def choose(self, **choices: Any) -> None:
        """Changes what is chosen: `epochs`, `depth`, `rate`, `arch`, `size`, `augment`."""
        self.model.choose(**choices)

    def start(self) -> None:
        """Begins a training in the background, as the button does.

        Raises:
            CourseError: There is nothing to train on, or a training is going on.
        """
        from coursekit.core.errors import CourseError

        if not self.model.ask_start():
            why = "is going on already" if self.model.running else "has no photos to learn from"
            raise CourseError(f"A training {why}, so none was started.")
        self.worker.do(self.model.start)

    def pause(self) -> None:
        """Holds after the batch that it is at."""
        self.model.pause()

    def step(self) -> None:
        """Trains one batch, the first of a new training where none goes on.

        `model.closeup` then has what it was like.
        """
        if self.model.ask_start(step=True):
            self.worker.do(self.model.start)
        else:
            self.model.step()

    def resume(self) -> None:
        """Goes on after a pause or a stop."""
        if self.model.state == "paused":
            self.model.resume()
        elif self.model.ask_resume():
            self.worker.do(self.model.go_on)

    def find_rate(self) -> None:
        """Looks for a learning rate; `model.rates` then has what was found.

        Raises:
            CourseError: There is nothing to train on, or the loss ran away at once.
        """
        self._done(self.model.find_rate)

    def replay(self) -> None:
        """Shows the last training again at `model.speed`."""
        self.worker.do(self.model.replay)

    def add_to_board(self, name: str = "") -> str:
        """Puts the training that is shown on the board, see `scores.add`.

        Returns:
            Its error rate with the interval, and where it stands, in words.

        Raises:
            CourseError: There is no training that has ended, or it was judged by no error rate.
        """
        self._done(lambda: self.model.add_to_board(name))
        return self.model.note

    def stop(self) -> None:
        """Ends the training; what was learned is kept."""
        self.model.stop()

    def wait(self) -> None:
        """Waits until what was begun has ended.

        Raises:
            CourseError: It failed, in the same words as in the panel.
        """
        self._done(self.worker.wait, waits=True)

    def code(self) -> str:
        """The lines of Python that train as the panel does."""
        self._done(self.model.show_code)
        return self.model.code

    def open(self, folder: Path | str) -> None:
        """Shows a run that ended, from its folder.

        Raises:
            CourseError: The folder holds no history.
        """
        self._done(lambda: self.model.open(Path(folder)))

    def text(self) -> str:
        model = self.model
        rows = [f"  {epoch_line(row, model.teller.unit)}" for row in model.teller.epochs[-ROWS:]]
        actions = sorted({"find": "find_rate"}.get(action, action) for action in model.allowed)
        calls = listing((f"monitor.{action}()" for action in actions), most=9)
        lines = [f"TrainingMonitor: {model.said[0]}", *rows, model.remark, model.message]
        lines.append(f"Now: {calls}, for example." if calls else "")
        return "\n".join(filter(None, lines))

    def _find_live(self) -> None:
        """Takes over the run that this browser began on a page that is gone; only in the app."""
        model = self.model
        if not in_app() or model.state not in ("empty", "ready"):
            return
        live = saved.live_run(model.visitor)
        if live is not None and may_read(live[1].photos.folder):
            folder, note = live
            with model.working("Looking for your training"):
                model.found = self._again(note.photos)
            if model.found:
                model.take_over(folder, note)


def may_read(folder: Path) -> bool:
    """Whether a page that is served now may read a folder that an earlier one trained on."""
    from coursekit.panels.picker.recent import Recent

    return Recent(Path(os.environ.get("COURSEKIT_ROOT", "."))).may(folder)


def look_again(photos: LabelledFolder) -> Found:
    """What is in the folder of a run that another page began."""
    from coursekit.panels.picker.look import look

    return look(photos)


def epoch_line(row: dict[str, Any], unit: str) -> str:
    """`epoch 3: training loss 0.21, validation loss 0.30, error rate 4.4 %`."""
    known = ("epoch", "phase", "step", "train_loss", "valid_loss", "lr", "seconds")
    losses = [("training loss", row.get("train_loss")), ("validation loss", row.get("valid_loss"))]
    words = [f"{name} {loss:.3f}" for name, loss in losses if loss is not None]
    words += [f"{plain(n)} {value(n, v)}" for n, v in row.items() if n not in known]
    return f"{unit} {row['epoch']}: {', '.join(words)}"
