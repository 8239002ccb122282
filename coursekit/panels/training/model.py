"""All that the monitor does: a steered run, and what helps before and after it. No widgets."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.core.errors import CourseError, sentence
from coursekit.core.wording import plural
from coursekit.learn.progress import ENDED
from coursekit.panels.training import saved
from coursekit.panels.training.news import News
from coursekit.panels.training.steering import EMPTY as EMPTY
from coursekit.panels.training.steering import HEARD, READY, SteeredRun
from coursekit.panels.training.words import counted, overfitting, summary
from coursekit.scores import add

if TYPE_CHECKING:
    from coursekit.learn.history import History
    from coursekit.learn.progress import Progress
    from coursekit.learn.run import TrainingRun


TICK = 0.25
"""Seconds between two pictures of a replay."""


REPLAYED = 10.0
"""Steps a second of a replay where no speed is chosen."""

IN_CELL = "A cell trains this Learner; the cell's own stop button ends that."


class Stopped(CourseError):
    """Somebody stopped it before there was a result."""

    def __init__(self) -> None:
        super().__init__("It was stopped before there was a result.")


class NoModel(CourseError):
    """There is nothing trained to be written."""

    def __init__(self) -> None:
        super().__init__("There is no trained model of pictures to write. Train one first.")


class NoRun(CourseError):
    """There is no training of this page that could be compared with others."""

    def __init__(self) -> None:
        super().__init__(
            "Only a training that was started here can go on the board. Start one, or use "
            "scores.add(folder) for an earlier one."
        )


class MonitorModel(SteeredRun):
    """A steered run, with estimates, the rate finder, code, files, replays and earlier runs."""

    _looked_on: History | None = None

    def consider(self) -> None:
        """Says how long the training will take, where that is not known; in a worker thread."""
        found, choices = now = self.found, self.choices

        def given_up() -> bool:
            return self.running or self.found is not found or self.choices != choices

        if "start" not in self.allowed or (self._considered == now and self.estimate):
            return
        if not self.trainer.at_hand(choices):
            self.estimate = "Start downloads the network first; its time is known after that."
            return
        self._considered, self.busy = now, "Estimating the time"
        try:
            said = self.trainer.estimate(choices, given_up)
        except Exception as error:  # noqa: BLE001 - Start says it, too, should it matter
            said = f"The time can't be told: {sentence(error)}"
        if not given_up():
            self.estimate = said
        if self.busy == "Estimating the time":
            self.busy = ""

    def find_rate(self) -> None:
        """Looks for a learning rate; in a worker thread. Stop ends it."""
        if "find" not in self.allowed:
            return
        before, found, choices = self.state, self.found, self.choices
        said, told = self.said, 0.0
        self._stopping, self.state = False, "finding"

        def report(what: str, done: int, total: int) -> None:
            nonlocal told
            if self._stopping:
                raise Stopped
            if what and time.monotonic() - told >= HEARD:
                told = time.monotonic()
                line = f"Looking for a learning rate: {what}, {done:,} of {total:,}."
                self.said = (line, done / max(total, 1))

        with self.working("Looking for a learning rate"), suppress(Stopped):
            rates = self.trainer.find_rate(choices, report)
            if self.found is found and self.choices == choices:
                self.rates = rates
        self._idle(before, said)

    def _idle(self, before: str, said: tuple[str, float]) -> None:
        """Puts the state back after something that was no training."""
        self._stopping = False
        if before == "empty" and self.found:  # photos were chosen meanwhile
            self.state, self.said = "ready", (READY, -1.0)
        else:
            self.state, self.said = before, said

    def show_code(self) -> None:
        """Sets `code` to the lines that train as chosen; in a worker thread."""
        with self.working("Writing the code"):
            self.code = self.trainer.code(self.choices)

    def save_model(self, save: Callable[[str, bytes], object]) -> None:
        """Gives `save` the trained model as a file; in a worker thread."""
        with self.working("Writing the model"):
            name = self.began.photos.folder.name if self.began else "model"
            learn = self.run.learn if self.run else self.trainer.learn
            made = self.trainer.exported(learn, f"{name}.ckit") if learn else None
            if made is None:
                raise NoModel
            save(f"{name}.ckit", made[1])

    def save_history(self, save: Callable[[str, bytes], object], kind: str) -> None:
        """Gives `save` every step (`csv`) or all there is (`json`) of the run that is shown."""
        with self.working("Writing the history"):
            save(f"history.{kind}", getattr(self.teller, kind)().encode())

    def add_to_board(self, name: str = "") -> None:
        """Puts the run that is shown on the board; `note` says where it stands."""
        with self.working("Looking at the board"):
            if self.run is None:
                raise NoRun
            self.note = repr(add(self.run, name))

    def replay(self, wait: Callable[[float], object] = time.sleep) -> None:
        """Shows the last run again at `speed` (`REPLAYED` without one); Stop ends it."""
        if "replay" not in self.allowed:
            return
        before, said = self.state, self.said
        self._stopping, self.state = False, "replaying"
        with self.working(""):
            for news, done in self.teller.again(lambda: self.speed or REPLAYED, TICK):
                self._show_again(news, done)
                if self._stopping:
                    break
                wait(TICK)
            self._show_again(self.teller.all(), self.teller.steps)
        self._idle(before, said)

    def _show_again(self, news: News, done: int) -> None:
        """Publishes a run as it was after `done` steps."""
        teller, speed = self.teller, self.speed or REPLAYED
        self.news = news
        line = f"Replay at {speed:g} steps a second: step {done:,} of {teller.steps:,}."
        self.said = (line, done / teller.steps)
        ended = [row for row in teller.epochs if row["step"] <= done]
        self.remark = overfitting(ended, teller.unit)

    def look_on(self, progress: Progress, history: History) -> None:
        """Shows a fit that a cell runs itself; called anew each time that it has news."""
        if self.state == "replaying":
            self.stop()
            return
        if history is not self._looked_on:
            self._looked_on, self.run, self.resumable = history, None, False
            self.note = self.remark = self.message = ""
            self.closeup = None
            self.teller.follow("in a cell")
        self._show(progress, history)
        if progress.state in ENDED:
            self.state, self.ended = progress.state, self.said[0]
        else:
            line, done = self.said
            self.state, self.said = "cell", (f"{IN_CELL} {line}", done)

    def show_history(self, history: History) -> None:
        """Shows a fit that a cell ran itself, and that has ended."""
        if history is self._looked_on:
            return
        self._looked_on, self.run, self.resumable = history, None, False
        self.teller.follow("in a cell")
        self.teller.unit = "pass" if any(it.get("cached") for it in history.phases) else "epoch"
        self.news = self.teller.news(history)
        steps, epochs = plural(len(history), "step"), counted(len(history.epochs), self.teller.unit)
        self.ended = f"A cell trained this Learner: {steps}, {epochs}."
        self.state, self.said = "finished", (self.ended, -1.0)

    def show_run(self, run: TrainingRun) -> None:
        """Shows a run of this Python that ended."""
        self.run = run
        self.teller.follow("")
        self.news = self.teller.news(run.history)
        self.said = (summary(run.progress), -1.0)
        self.state, self.ended = run.progress.state, self.said[0]
        self.resumable = self.state == "stopped"

    def open(self, folder: Path) -> None:
        """Shows a run that ended, from its folder."""
        if self.running:
            return
        with self.working("Reading the run"):
            kept = saved.kept(folder)
            self.resumable = False
            self.teller.show(kept, f"of {saved.began(folder)}")
            self.news = self.teller.all()
            self.remark = overfitting(kept.epochs, kept.unit)
            how = f"{kept.state.capitalize()} run" if kept.state else "A run"
            steps = plural(len(kept.losses), "step")
            epochs = counted(len(kept.epochs), kept.unit)
            self.said = (f"{how} of {saved.began(folder)}: {steps}, {epochs}.", -1.0)
            self.ended = self.said[0]
