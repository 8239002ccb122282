"""One training at a time on the chosen photos. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from traitlets import Any as AnyTrait
from traitlets import Bool, Instance, Int, Tuple, Unicode

from coursekit.core import wording
from coursekit.panels.picker.model import Found
from coursekit.panels.working import PanelModel

if TYPE_CHECKING:
    from coursekit.learn.progress import Progress
    from coursekit.learn.run import TrainingRun
    from coursekit.predict import Predictor

EMPTY = "Step 1 has no photos to train on yet. Once it has, Start trains a model on them."
READY = "Ready. Start trains a model on the photos above."


class TrainingModel(PanelModel):
    """Starts, follows and stops a run.

    Args:
        begin: Starts training on the photos for so many epochs; may take seconds.
        keep: What the run has learned, ready to predict; None where it has learned nothing yet.
        left_out: Says which photos could not be read, "" where all could.

    Attributes:
        found: The chosen photos; None: there is nothing to train on.
        epochs: How many to train.
        stoppable: Whether Stop would end something sooner.
        running: From Start until the model is ready to use, or the run has ended otherwise.
        points: (step, loss) of every step so far.
        ends: (step, validation loss) of every epoch so far.
        line: Where the run is, in words.
        note: Which photos were left out.
        predictor: The trained model; None before the first training ended.
        trained: What that was trained on, as words that follow "the model".
    """

    found = Instance(Found, allow_none=True)
    epochs = Int(1)
    running = Bool()
    stoppable = Bool()
    points: Any = Tuple()
    ends: Any = Tuple()
    line = Unicode(EMPTY)
    note = Unicode()
    predictor: Any = AnyTrait(None)
    trained = Unicode()

    def __init__(
        self,
        begin: Callable[[Found, int], TrainingRun],
        keep: Callable[[], Predictor | None],
        left_out: Callable[[], str] = str,
    ) -> None:
        super().__init__()
        self._begin, self._keep, self._left_out = begin, keep, left_out
        self._run: TrainingRun | None = None
        self._stopping = False
        self.observe(self._new_photos, "found")

    def _new_photos(self, _: object) -> None:
        if not self.running:
            self.points, self.ends, self.note = (), (), ""
            self.line = READY if self.found else EMPTY

    def start(self) -> None:
        """Trains until the run ends; call it in a worker thread. Stop ends it early."""
        if self.running or self.found is None:
            return
        self.running, self._stopping, self.points, self.ends = True, False, (), ()
        self.stoppable = True
        self.line = self.note = ""
        with self.working("Loading PyTorch and the photos"):
            self._train(self.found)
        self._run, self.running, self.stoppable = None, False, False

    def _train(self, found: Found) -> None:
        self._run = run = self._begin(found, self.epochs)
        run.observe(lambda _: self._hear(run), "progress")
        if self._stopping:
            run.stop(wait=False)
        run.wait()
        self.stoppable = False
        self._hear(run)  # a short run may have ended before it was observed
        self.note = self._left_out()
        if run.progress.state != "failed":
            self.busy = "Making the trained model ready"
            if predictor := self._keep():
                self.trained = f"trained on {found.photos.folder.name}"
                self.predictor = predictor

    def stop(self) -> None:
        """Ends the run within a batch; what it has learned so far is kept. Back at once."""
        if not self.running:
            return
        self._stopping, self.busy = True, "Stopping"
        if self._run:
            self._run.stop(wait=False)

    def _hear(self, run: TrainingRun) -> None:
        progress, epochs = run.progress, run.history.epochs
        self.busy = "Stopping" if self._stopping else ""
        new = run.history.since(len(self.points))
        self.points += tuple((step, loss) for step, loss, _ in new)
        self.ends = tuple(
            (row["step"], row["valid_loss"]) for row in epochs if row["valid_loss"] is not None
        )
        self.line = summary(progress)
        if progress.error:
            self.message = progress.error


def summary(progress: Progress) -> str:
    """Where a run is, in a line: `Training the head, epoch 3 of 20: training loss 0.210.`, say."""
    if progress.state == "preparing":
        return f"Preparing {progress.done:,} of {progress.total:,} photos{left(progress)}"
    if progress.state == "stopped" and not progress.epochs:
        return "Stopped before the training began, so there is no new model."
    unit = "pass" if progress.remembered else "epoch"
    epoch = f"{unit} {progress.epoch} of {progress.epochs}"
    back = progress.kept not in (0, progress.epoch)
    kept = f", with the weights of {unit} {progress.kept}" if back else ""
    count = wording.plural(progress.epochs, unit, "passes" if progress.remembered else "epochs")
    part = f" (part {progress.part} of {progress.parts})" if progress.parts > 1 else ""
    where = {
        "ready": "Starting",
        "training": f"Training {progress.phase}{part}, {epoch}",
        "validating": f"Checking on the validation photos, {epoch}",
        "paused": f"Paused in {epoch}",
        "stopped": f"Stopped in {epoch}{kept}",
        "finished": f"Finished after {count}{kept}",
        "failed": "The training ended with an error",
    }[progress.state]
    return f"{where}{scores(progress)}{left(progress)}"


def scores(progress: Progress) -> str:
    """The latest loss, and the latest scores on the photos that the model did not train on."""
    words = []
    if progress.train_loss is not None:
        words.append(f"training loss {progress.train_loss:.3f}")
    if progress.valid_loss is not None:
        metrics = [
            f"{name.replace('_', ' ')} {wording.percent(value)}"
            for name, value in progress.metrics.items()
        ]
        values = wording.listing([f"loss {progress.valid_loss:.3f}", *metrics])
        words.append(f"on the validation photos {values}")
    return f": {'; '.join(words)}" if words else ""


def left(progress: Progress) -> str:
    """How long it will still take, where that is known, and the full stop."""
    if progress.left is None or progress.state in ("finished", "stopped", "failed"):
        return "."
    more = progress.parts > 1 and progress.part < progress.parts
    here = " until the next part" if more and progress.state != "preparing" else ""
    return f". About {wording.duration(progress.left)} left{here}."
