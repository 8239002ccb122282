"""What a scoreboard does: rows of one task, page by page, and what can be done with one. No torch.

No widgets either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traitlets import Any as AnyTrait
from traitlets import Unicode

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.core.wording import plural
from coursekit.panels.repeating import Repeating
from coursekit.panels.training.words import summary
from coursekit.panels.working import PanelModel
from coursekit.scores import board
from coursekit.scores.adding import catch_up, put, take_off
from coursekit.scores.board import Row
from coursekit.scores.entry import Entry
from coursekit.store import answers, naming
from coursekit.store.database import Database
from coursekit.store.tables import Run

if TYPE_CHECKING:
    from coursekit.learn.run import TrainingRun

Begin = Callable[[Mapping[str, Any], Path], "TrainingRun"]
Compare = Callable[[Mapping[str, Any], Path, "TrainingRun"], object]
Baselines = Callable[[Callable[[str], object]], list[Entry]]


class NoData(CourseError):
    """There is nothing that baselines could be taken on."""

    def __init__(self) -> None:
        super().__init__(
            "Baselines need the photos that models are compared on. Give the board a learner: "
            "Scoreboard(learn)."
        )


class OneForAll(CourseError):
    """A change that would meet everybody who has the page open."""

    def __init__(self) -> None:
        super().__init__(
            "Others can open this page, and its board is one for all: take rows off, or change "
            "your name, on the machine itself, in a notebook with Scoreboard() or a terminal with "
            "coursekit name."
        )


@dataclass(frozen=True, eq=False)
class Shown:
    """A task's rows as far as they are shown, how many there are, and one's own best."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    mine: Row | None = None


class BoardModel(PanelModel):
    """The board of one task.

    Args:
        store: Where the board is.
        begin: Begins a training from a recipe; the folder is the run's that had it first.
        compare: Says what came of it, beside the first, whose recipe and folder it is given.
        shared: Whether others may have the page open: it takes off no row and changes no name.

    Attributes:
        tasks: (name, number of rows) of all there are.
        task: The one that is shown.
        shown: Its rows.
        said: What came of the latest thing that was done.
        undone: What "Undo" would bring back, its name; "" for nothing.
        learner: The display name; "" where none was chosen.
        running: The name of what is being trained again; "" for nothing.
        stop: Ends what is being trained again.
    """

    tasks: Any = AnyTrait(())
    task = Unicode()
    shown: Any = AnyTrait(Shown())
    said = Unicode()
    undone = Unicode()
    learner = Unicode()
    running = Unicode()

    def __init__(
        self, store: Callable[[], Database], begin: Begin, compare: Compare, shared: bool = False
    ) -> None:
        super().__init__()
        self._store, self._begin, self._compare, self.shared = store, begin, compare, shared
        self.baselines: Baselines | None = None
        self._repeating = Repeating()
        self.stop = self._repeating.stop
        self._taken: Entry | None = None

    def refresh(self) -> None:
        """Reads the board again; runs whose folders it did not know yet are on it then."""
        with self.working(""):
            catch_up(self._store())
            with self._store().reading() as session:
                self.tasks = tuple(board.tasks(session))
                self.learner = naming.name_of(session)
            names = [task for task, _ in self.tasks]
            if self.task not in names:
                self.task = names[0] if names else ""
            self._read()

    def choose(self, task: str) -> None:
        """Shows another task's board."""
        with self.working(""):
            self.task = task
            self._read()

    def more(self) -> None:
        """Shows the rows that come next, too."""
        rows = self.shown.rows
        if not rows or len(rows) >= self.shown.total:
            return
        with self.working(""), self._store().reading() as session:
            following = board.top(session, self.task, after=rows[-1].run)
            self.shown = Shown((*rows, *following), self.shown.total, self.shown.mine)

    def _read(self) -> None:
        with self._store().reading() as session:
            rows = board.top(session, self.task)
            me = answers.learner_id(session)
            mine = board.best_of(session, me, self.task) if me else None
            self.shown = Shown(tuple(rows), board.size(session, self.task), mine)

    def add_baselines(self) -> None:
        """Puts what little effort reaches beside what was trained; in a worker thread."""
        with self.working("Looking at the photos"):
            if self.baselines is None:
                raise NoData
            added = self.baselines(lambda what: setattr(self, "busy", what))
            n = len(added)
            self.said = f"Added {plural(n, 'baseline')}." if n else "They are there already."
        self._read_all()

    def _read_all(self) -> None:
        """Reads the board again; what went wrong before that stays said."""
        before = self.message
        self.refresh()
        self.message = before or self.message

    def run_again(self, id: str) -> None:
        """Trains from a row's recipe, and says whether the same came out; in a worker thread."""
        if self.running:
            return
        self._repeating.ready()
        self.said = ""
        with self.working("Training again"):
            first, folder = self._run_of(id), paths.home() / "runs" / id
            self.running = first.name
            begin = partial(self._begin, first.recipe, folder)
            run = self._repeating.train(begin, self._tell)
            if run.progress.state == "finished":
                self.said = str(self._compare(first.recipe, folder, run))
            else:
                self.said = run.progress.error or "It was stopped, so there is nothing to compare."
        self.running = ""

    def _run_of(self, id: str) -> Run:
        with self._store().reading() as session:
            run = session.get(Run, id)
        if run is None:
            raise CourseError(f"There is no row {id!r} on the board. Look again.")
        return run

    def _tell(self, progress: Any) -> None:
        self.said = f"Training {self.running} again: {summary(progress)}"

    def take_off(self, id: str) -> None:
        """Takes a row from the board; its run's folder stays, and `undo` brings it back."""
        with self.working(""):
            self._check_alone()
            kept = self._own(id)
            take_off(id, self._store())
            self._taken, self.undone = kept, kept.name
            self.said = f"{kept.name} is off the board. Its run's folder stays."
        self._read_all()

    def _check_alone(self) -> None:
        if self.shared:
            raise OneForAll

    def _own(self, id: str) -> Entry:
        """The entry of a row of one's own, as `undo` needs it."""
        run = self._run_of(id)
        with self._store().reading() as session:
            if run.learner_id != answers.learner_id(session):
                raise CourseError("This row is somebody else's; only they can take it off.")
        return board.entry_of(run)

    def undo(self) -> None:
        """Brings back what was taken off last."""
        if self._taken is None:
            self.said = "Nothing was taken off here, so there is nothing to bring back."
            return
        with self.working(""):
            put(self._taken, self._store())
            self.said = f"{self._taken.name} is on the board again."
            self._taken, self.undone = None, ""
        self._read_all()

    def rename(self, name: str) -> None:
        """Sets what the board calls whoever learns here; "" for no name."""
        with self.working(""):
            self._check_alone()
            plain = naming.checked(name) if name.strip() else ""
            with self._store().writing() as session:
                answers.the_learner(session, plain)
            self.said = (
                f"The board calls you {plain}." if plain else "The board has no name of you."
            )
        self._read_all()

    def row(self, id: str) -> Row | None:
        """A row that is shown."""
        found: Row | None = next((row for row in self.shown.rows if row.run.id == id), None)
        return found


def standing(shown: Shown) -> str:
    """Where one's own best stands, a sentence; what to do where there is none."""
    if not shown.total:
        return (
            "Nothing is on the board yet. Train a model and put it here, or begin with the "
            "baselines: a model that is no better than they are has learned nothing."
        )
    if shown.mine is None:
        return "Nothing of yours is on this board yet."
    place = shown.mine.place
    tied = " (they can't be told apart)" if place.tied else ""
    return f"Your best, {shown.mine.run.name}, is at place {place} of {shown.total:,}{tied}."
