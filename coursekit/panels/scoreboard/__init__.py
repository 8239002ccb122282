"""Keep a score: the board of models, baselines and people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.errors import CourseError
from coursekit.panels.experiments import run_again
from coursekit.panels.finding import id_in, one_of
from coursekit.panels.panel import Panel
from coursekit.panels.scoreboard.model import BoardModel, standing
from coursekit.panels.scoreboard.table import as_lines
from coursekit.panels.served import others_may_be_here
from coursekit.panels.working import Worker
from coursekit.scores import add
from coursekit.scores.adding import Standing
from coursekit.scores.board import Row
from coursekit.scores.entry import Entry
from coursekit.store.database import database

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.learn.learner import Learner
    from coursekit.learn.run import TrainingRun


class NoLearner(CourseError):
    """Something else was given than whose board is shown."""

    def __init__(self, given: object) -> None:
        super().__init__(
            f"Scoreboard takes a Learner, and {str(given)[:60]!r} is none. Write "
            "Scoreboard(learn), or Scoreboard() for the largest board."
        )


class Scoreboard(Panel):
    """What was reached on the same data, with how far each number may be off.

    A row is named by its number in the text, from 1 for the first; by its id, or how that begins;
    or it is what `add` gave, or the run.

    Args:
        learn: Whose data the baselines are taken on, and which board is shown first; None for the
            largest.

    Raises:
        CourseError: It is no Learner.

    Example:
        >>> board = Scoreboard()
        >>> board.model.shown.total
        0
    """

    model: BoardModel

    def __init__(self, learn: Learner | None = None) -> None:
        self.model = BoardModel(database, run_again, compared, others_may_be_here())
        self.worker = Worker(self.model.stop)
        if learn is not None:
            self.use(learn)
        self.model.refresh()

    def use(self, learn: Learner) -> None:
        """Shows the board of a Learner's data; baselines are taken on it.

        Raises:
            CourseError: It is no Learner.
        """
        dls: Any = getattr(learn, "dls", None)
        if dls is None:
            raise NoLearner(learn)
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

    def run_again(self, row: Any) -> str:
        """Trains from a row's recipe, and says whether the same came out.

        Raises:
            CourseError: There is no such row, or its recipe does not say all that it takes.
        """
        id = self._id(row)
        self._done(lambda: self.model.run_again(id))
        return self.model.said

    def take_off(self, row: Any) -> None:
        """Takes a row from the board; `undo` brings it back.

        Raises:
            CourseError: There is no such row, or it is somebody else's.
        """
        id = self._id(row)
        self._done(lambda: self.model.take_off(id))

    def undo(self) -> None:
        """Brings back what was taken off last."""
        self._done(self.model.undo)

    def text(self) -> str:
        model = self.model
        lines = [f"Scoreboard: {model.task}" if model.task else "Scoreboard"]
        lines += [standing(model.shown), *as_lines(model.shown.rows), model.message]
        rows = ", .run_again(1), .take_off(1)" if model.shown.rows else ""
        lines += [f"Now: board.add(run, name=...), .add_baselines(){rows}, for example."]
        return "\n".join(filter(None, lines))

    def widgets(self) -> VBox:
        from coursekit.panels.scoreboard.view import board_view

        return board_view(self.model, self.worker)

    def _id(self, row: Any) -> str:
        """The id of the row that somebody named."""
        rows: tuple[Row, ...] = self.model.shown.rows
        it = getattr(row, "entry", getattr(row, "run", row))
        if isinstance(it, int) or any(shown.run.id.startswith(id_in(it)) for shown in rows):
            return one_of(it, rows, rows, attrgetter("run.id"), "row").run.id
        return id_in(it)  # further down, or on another board


def compared(before: Mapping[str, Any], folder: Path, run: TrainingRun) -> object:
    """What came of it, beside what was before; where others see it, without the photos' names."""
    from coursekit.experiments.rerun import compare, compare_runs, read_recipe

    if others_may_be_here():
        return compare(before, read_recipe(run.folder))
    return compare_runs(before, folder, run)


def baselines_of(dls: Any, report: Callable[[str], object]) -> list[Entry]:
    """The baselines of these photos, on the board."""
    from coursekit.experiments.baselines import add_baselines

    return add_baselines(dls, report)
