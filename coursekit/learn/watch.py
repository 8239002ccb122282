"""The callback that ties a fit to its run: messages, checkpoints, holding and stopping."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from coursekit.core import handing, paths
from coursekit.learn import checkpoint
from coursekit.learn.events import Callback, CancelFitException
from coursekit.learn.history import FORMAT, History, Point
from coursekit.learn.progress import State
from coursekit.scores.folder import STATUS

if TYPE_CHECKING:
    from coursekit.learn.learner import Learner
    from coursekit.learn.loop import Loop
    from coursekit.learn.run import TrainingRun

MESSAGES = 0.1
"""Seconds between two messages at least."""

ASKED = 0.25
"""Seconds after which it looks again whether another process asks for the run."""

UNSAFE = "The training goes on, but after a crash it would have to begin anew. Free some space."

CHECKPOINTS = 60.0
"""Seconds after which a checkpoint is written within an epoch, too."""

AGAIN = 5.0
"""Seconds until one that another process wants, and that could not be written, is tried again."""


class Watch(Callback):
    """Tells a run how its fit is going, writes checkpoints, and holds or stops it when asked."""

    def __init__(self, run: TrainingRun) -> None:
        self.run = run
        self.sent: int | None = None
        self.where: dict[str, Any] = {}
        self.told = self.saved = self.began = self.looked = 0.0
        self.items = self.first_step = self.ready_before = 0
        self.what, self.failed = "", False
        self.kept: tuple[int, int, int] | None = None

    def preparing(self, what: str, done: int, total: int) -> None:
        """Reports items that are ready before a phase; holds or stops where that is asked.

        Without a `what` nothing has become ready, and only that is asked.
        """
        now = time.monotonic()
        if what and what != self.what:  # its first report counts what was remembered
            self.what, self.began, self.ready_before = what, now, done
        new, seconds = done - self.ready_before, now - self.began
        left = (total - done) * seconds / new if new > 0 else None
        news = {"done": done, "total": total, "left": left, "points": ()}
        if (what and done == total) or now - self.told >= MESSAGES:
            self.told = now
            self.run.tell(state="preparing", **news)
        if self._to_end(False, lambda: news):
            raise CancelFitException
        self.began += time.monotonic() - now

    def before_fit(self, learn: Learner) -> None:
        self.began, self.first_step, self.items = time.monotonic(), len(learn.history), 0
        self.run.history = learn.history
        if self.sent is None:
            self.sent = len(learn.history)
        if learn.phase_index == learn.phase_epoch == 0 and not len(learn.history):
            self._save(learn, 0, 0, 0)
        if self._to_end(False, partial(self._news, learn)):  # begun paused, and stopped
            learn.stop_asked = True
            raise CancelFitException

    def before_train(self, learn: Learner) -> None:
        self._tell(learn, "training")

    def before_validate(self, learn: Learner) -> None:
        self._tell(learn, "validating")

    def after_batch(self, learn: Learner) -> None:
        now = time.monotonic()
        if learn.training:
            self.items += len(learn.batch[-1])
            self._tell(learn, "training")
            # a page that waits may be closed, and its Python with it
            if now - self.saved >= CHECKPOINTS or self.run.pausing:
                self._save_here(learn)
        held = self.run.held
        if self._to_end(learn.training, partial(self._news, learn), learn):
            self._save_here(learn)
            learn.stop_asked = True
            raise CancelFitException
        self.began += self.run.held - held  # what was paused is no pace of the training

    def after_epoch(self, learn: Learner) -> None:
        self._tell(learn, "training")
        if time.monotonic() - self.saved >= 1:
            self._save(learn, learn.phase_index, learn.phase_epoch + 1, 0)

    def after_fit(self, learn: Learner) -> None:
        self.where, self.what = where(learn, len(learn.history) - self.first_step), ""
        if is_through(learn):
            self._save(learn, learn.phase_index + 1, 0, 0)

    def _to_end(
        self, trained: bool, news: Callable[[], dict[str, Any]], learn: Learner | None = None
    ) -> bool:
        """Whether the run is to end here: somebody stopped it, or asks for it from elsewhere.

        Without `learn` nothing was trained since the last checkpoint.
        """
        now, keep = time.monotonic(), partial(self._keep, learn)
        if now - self.looked >= ASKED:
            self.looked = now
            self.run.look_for_request()
            keep()
        return self.run.hold(trained, news, keep)

    def _keep(self, learn: Learner | None) -> None:
        """Has a checkpoint on the disk if another process wants one, and says so only then."""
        if not handing.wants_checkpoint(self.run.folder):
            return
        if self.failed and time.monotonic() - self.saved < AGAIN:
            return
        if learn and self.kept != between_batches(learn):
            self._save_here(learn)
        if not self.failed:
            handing.checkpoint_written(self.run.folder)

    def _save_here(self, learn: Learner) -> None:
        """Writes a checkpoint between two batches."""
        self._save(learn, *between_batches(learn))

    def points(self) -> tuple[Point, ...]:
        """The steps that no message has carried yet."""
        if self.sent is None:
            return ()
        points = self.run.history.since(self.sent)
        self.sent += len(points)
        return points

    def _save(self, learn: Learner, phase: int, epoch: int, batch: int) -> None:
        self.saved = time.monotonic()
        try:
            checkpoint.save(learn, self.run.folder, phase, epoch, batch)
            write_status(self.run)
        except (OSError, SafetensorError) as error:  # to lose the training for that would be worse
            why = getattr(error, "strerror", None) or str(error).rpartition(": ")[2]
            self.run.tell(warning=f"No checkpoint could be written ({why}). {UNSAFE}")
            self.failed, self.kept = True, None
        else:
            self.failed, self.kept = False, (phase, epoch, batch)
            self.run.tell(warning="") if self.run.progress.warning else None

    def _tell(self, learn: Learner, state: State) -> None:
        if time.monotonic() - self.told >= MESSAGES:
            self.run.tell(**self._news(learn) | {"state": state})

    def _news(self, learn: Learner) -> dict[str, Any]:
        """All that a message says besides the state."""
        self.told, points, history = time.monotonic(), self.points(), learn.history
        steps, seconds = len(history) - self.first_step, self.told - self.began
        to_do = (learn.phase.epochs if learn.phase else 0) * learn.n_iter * (1 - learn.pct_train)
        return where(learn, steps) | {
            **latest(history, learn.metric_names),
            "points": points,
            "train_loss": points[-1][1] if points else self.run.progress.train_loss,
            "lr": history.rates[-1] if history.rates else 0.0,
            "rate": self.items / seconds if seconds > 0 else 0.0,
            "left": to_do * seconds / steps if steps else None,
        }


def between_batches(learn: Loop) -> tuple[int, int, int]:
    """Phase, epoch and batches done, after a batch of training or of validation."""
    done = learn.iter + 1 if learn.training else learn.n_iter
    return learn.phase_index, learn.phase_epoch, done


def where(learn: Loop, done: int) -> dict[str, Any]:
    """The phase, the epoch and the batch that a fit is at, as a message says them.

    Args:
        learn: The fit's.
        done: Steps of this phase.
    """
    return {
        "phase": learn.phase.name if learn.phase else "",
        "part": learn.phase_index + 1,
        "remembered": bool(learn.history.phases and learn.history.phases[-1].get("cached")),
        "epoch": min(learn.epoch + 1, learn.n_epoch),
        "epochs": learn.n_epoch,
        "batch": learn.iter + 1 if done and learn.training else 0,
        "batches": learn.n_iter,
    }


def is_through(learn: Loop) -> bool:
    """Whether a phase that ends came to its end: no error and no stop cut its last epoch short."""
    return learn.epoch == sum(phase.epochs for phase in learn.plan[: learn.phase_index + 1])


def latest(history: History, metrics: list[str], kept: int = 0) -> dict[str, Any]:
    """Steps so far, and an epoch's validation loss and metrics, as a message says them.

    Those of the last epoch, or of the epoch `kept`, from 1, whose weights the model got back.
    """
    last = history.epochs[kept - 1] if history.epochs else {}
    return {
        "step": len(history),
        "kept": kept,
        "valid_loss": last.get("valid_loss"),
        "metrics": {name: last[name] for name in metrics if name in last},
    }


def write_status(run: TrainingRun) -> None:
    """Keeps where a run stands beside its checkpoint."""
    about = {"format": FORMAT, "updated": datetime.now(UTC).isoformat(timespec="seconds")}
    names = ("state", "phase", "epoch", "epochs", "step", "valid_loss", "metrics", "error")
    values = {name: getattr(run.progress, name) for name in names}
    values |= {"judged": run.learn.judged, "used_for_choosing": run.learn.chosen_on_validation}
    values |= {"seconds": round(run.seconds, 2), "photos": run.photos}
    paths.write_text(run.folder / STATUS, json.dumps(about | values))
