"""Keep a score: the board of models, baselines and people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.panels.experiments import run_again
from coursekit.panels.panel import Panel
from coursekit.panels.scoreboard.model import BoardModel, standing
from coursekit.panels.scoreboard.table import as_lines
from coursekit.panels.working import Worker
from coursekit.scores import add
from coursekit.scores.adding import Standing
from coursekit.scores.entry import Entry
from coursekit.store.database import database

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.learn.learner import Learner
    from coursekit.learn.run import TrainingRun


class Scoreboard(Panel):
    """What was reached on the same data, with how far each number may be off.

    Args:
        learn: Whose data the baselines are taken on, and which board is shown first; None for the
            largest.

    Example:
        >>> board = Scoreboard()
        >>> board.model.shown.total
        0
    """

    model: BoardModel

    def __init__(self, learn: Learner | None = None) -> None:
        self.model = BoardModel(database, run_again, compared)
        self.worker = Worker(self.model.stop)
        if learn is not None:
            self.use(learn)
        self.model.refresh()

    def use(self, learn: Learner) -> None:
        """Shows the board of a Learner's data; baselines are taken on it."""
        dls: Any = learn.dls
        if hasattr(dls, "task"):
            self.model.baselines = lambda report: baselines_of(dls, report)
            self.model.task = dls.task

    def add(self, run: TrainingRun | Path | str, name: str = "") -> Standing:
        """Puts a run on the board, see `scores.add`."""
        standing = add(run, name)
        self.model.task = standing.entry.task
        self.model.refresh()
        return standing

    def add_baselines(self) -> None:
        """Puts what little effort reaches beside what was trained.

        Raises:
            CourseError: There is no data to take them on.
        """
        self._done(self.model.add_baselines)

    def run_again(self, id: str) -> str:
        """Trains from a row's recipe, and says whether the same came out.

        Args:
            id: The row's, `board.model.shown.rows[0].run.id`, say.

        Raises:
            CourseError: The recipe does not say all that it takes.
        """
        self._done(lambda: self.model.run_again(id))
        return self.model.said

    def take_off(self, id: str) -> None:
        """Takes a row from the board; `undo` brings it back."""
        self._done(lambda: self.model.take_off(id))

    def undo(self) -> None:
        """Brings back what was taken off last."""
        self._done(self.model.undo)

    def text(self) -> str:
        model = self.model
        lines = [f"Scoreboard: {model.task}" if model.task else "Scoreboard"]
        lines += [standing(model.shown), *as_lines(model.shown.rows), model.message]
        lines += ["Now: board.add(run, name=...), board.add_baselines(), for example."]
        return "\n".join(filter(None, lines))

    def widgets(self) -> VBox:
        from coursekit.panels.scoreboard.view import board_view

        return board_view(self.model, self.worker)


def compared(before: Mapping[str, Any], run: TrainingRun) -> object:
    """What came of it, beside what came of it before."""
    from coursekit.experiments import rerun

    return rerun.compare(before, rerun.read_recipe(run.folder))


def baselines_of(dls: Any, report: Callable[[str], object]) -> list[Entry]:
    """The baselines of these photos, on the board."""
    from coursekit.experiments.baselines import add_baselines

    return add_baselines(dls, report)
