"""A training that a panel begins from a recipe and watches to its end. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coursekit.learn.run import TrainingRun


class Repeating:
    """One training at a time, which can be stopped from its first moment on.

    Call `ready` when it is asked for, then `train` in a worker.
    """

    def __init__(self) -> None:
        self._run: TrainingRun | None = None
        self._asked_to_stop = False

    def ready(self) -> None:
        """Forgets the stop of the training before."""
        self._asked_to_stop = False

    def train(
        self,
        begin: Callable[[], TrainingRun],
        tell: Callable[[Any], object],
        begun: Callable[[TrainingRun], object] = lambda run: None,
    ) -> TrainingRun:
        """Begins a training and comes back when it has ended, however it did.

        Args:
            begin: Begins it, in the background.
            tell: Called with its progress, again and again.
            begun: Called once it has begun, before the first `tell`.
        """
        run = self._run = begin()
        try:
            if self._asked_to_stop:
                run.stop(wait=False)
            begun(run)
            run.observe(lambda change: tell(change.new), "progress")
            tell(run.progress)
            run.wait()
            return run
        finally:
            self._run = None

    def trains(self, folder: Path) -> bool:
        """Whether it is the run in this folder that trains now."""
        run = self._run
        return run is not None and run.folder == folder and run.active

    def stop(self) -> None:
        """Ends it after the batch that it is at, also where it is only being prepared."""
        self._asked_to_stop = True
        if self._run is not None:
            self._run.stop(wait=False)
