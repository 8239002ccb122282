"""A copy of a run with one change, while it trains in the background. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import HasTraits, Instance

from coursekit.core.errors import CourseError, sentence
from coursekit.panels.experiments.changes import change_of
from coursekit.panels.repeating import Repeating
from coursekit.panels.training.words import share, summary
from coursekit.scores import notes
from coursekit.scores.experiment import Experiment

if TYPE_CHECKING:
    from coursekit.learn.run import TrainingRun

Again = Callable[..., "TrainingRun"]
"""`again(recipe, folder, **changes)` trains by the recipe of the run in `folder`, in background."""


@dataclass(frozen=True)
class Copy:
    """Where a copy stands: one value, replaced whole.

    Attributes:
        going: Whether it is being made or trained.
        line: Where it is, a sentence; "" before the first.
        share: How much is done, 0 to 1; below 0 where that is not known.
        error: Why it failed, a sentence; "" where it did not.
    """

    going: bool = False
    line: str = ""
    share: float = -1.0
    error: str = ""


class OneAtATime(CourseError):
    """A second copy while one trains."""

    def __init__(self) -> None:
        super().__init__(
            "A copy is being trained already. Wait until it has ended, or stop it first."
        )


class Copier(HasTraits):
    """Trains copies, one at a time. Observe `copy`.

    Args:
        again: Trains by a recipe, see `Again`.
        changed: Called with the new run's folder when there is one, and when it has ended.

    Attributes:
        copy: Where the copy stands.
        trains: Whether the copy that is being trained is the run in this folder.
        stop: Ends the copy after the batch that it is at; what it learned is kept.
    """

    copy = Instance(Copy, args=())

    def __init__(self, again: Again, changed: Callable[[Path], object]) -> None:
        super().__init__()
        self._again, self._changed = again, changed
        self._repeating = Repeating()
        self.trains, self.stop = self._repeating.trains, self._repeating.stop

    def claim(self, original: Experiment, **changes: Any) -> tuple[dict[str, Any], str]:
        """Takes on a copy that `train` then makes.

        Returns:
            The values to change, and that in words.

        Raises:
            CourseError: One is going on, or it can't be changed like this.
        """
        if self.copy.going:
            raise OneAtATime
        wanted = change_of(original, **changes)
        self._repeating.ready()
        self.copy = Copy(True, f"Preparing a copy of {original.name}: {wanted[1]}.")
        return wanted

    def train(self, original: Experiment, values: Mapping[str, Any], said: str, **by: str) -> Path:
        """Trains the copy that was claimed, to its end; call it in a worker.

        Args:
            original: What is copied.
            values: What is changed.
            said: The same in words.
            by: What its notes say besides, such as the `visitor`.

        Returns:
            The new run's folder.

        Raises:
            CourseError: It can't be made, or ended with an error.
        """
        line = error = ""

        def begun(run: TrainingRun) -> None:
            origin = {"copied_from": original.id, "original": original.name, "change": said}
            notes.change(run.folder, **origin, **by)
            self._changed(run.folder)

        try:
            again = partial(self._again, original.recipe, original.folder, **values)
            run = self._repeating.train(again, self._follow, begun)
            line = summary(run.progress)
            self._changed(run.folder)
            if run.progress.state == "failed":
                raise CourseError(run.progress.error)
            return run.folder
        except Exception as failed:
            error = sentence(failed)
            raise
        finally:
            self.copy = Copy(False, line, error=error)

    def _follow(self, progress: Any) -> None:
        self.copy = Copy(True, summary(progress), share(progress))
