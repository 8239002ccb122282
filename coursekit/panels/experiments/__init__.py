"""Trainings side by side: compared, noted, deleted, copied with one change."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import wait
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.errors import CourseError
from coursekit.core.wording import Text, plural
from coursekit.panels.experiments.copying import Again
from coursekit.panels.experiments.model import ExperimentsModel
from coursekit.panels.finding import one_of
from coursekit.panels.panel import Panel
from coursekit.panels.served import in_app, others_may_be_here
from coursekit.panels.training import may_read
from coursekit.panels.working import Worker
from coursekit.scores.compare import results_of, settings_of, titles, verdict
from coursekit.scores.experiment import Experiment
from coursekit.scores.spreadsheet import as_csv

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.learn.run import TrainingRun

ROWS = 12
PATIENCE = 1.0
"""Seconds that the text waits for the runs: a cell that shows the panel waits for it, too."""


class Experiments(Panel):
    """Lists the trainings of this home, compares them, and trains a copy with one change.

    All that notebooks, terminals and pages trained are there; on a page that is open to others
    (`coursekit app --host`) only what the same browser began.

    A run is named by its number in the list, from 1 for the latest; by its id or how that begins;
    or it is a `TrainingRun`, its folder, or an `Experiment`.

    Args:
        again: Trains by a recipe in the background, `again(recipe, folder, **changes)`, where
            `folder` is that of the run that is copied; None: as `coursekit run` does.

    Example:
        >>> experiments = Experiments()
        >>> experiments.text().splitlines()[0]
        'Experiments: no training of yours is kept here yet.'
    """

    model: ExperimentsModel
    worker: Worker

    def __init__(self, again: Again | None = None) -> None:
        self.model = ExperimentsModel(again or run_again, others_may_be_here())
        self.worker, self.trainer = Worker(), Worker(self.model.copier.stop)
        self._read = self.worker.do(self.model.load)
        if self.model.shared:
            self.model.observe(lambda _: self.worker.do(self.model.load), "visitor")

    @property
    def runs(self) -> list[Experiment]:
        """The runs as they are now, the latest first."""
        self._done(self.model.load)
        return list(self.model.runs)

    def compare(self, *runs: Any) -> Text:
        """Chooses runs, up to six, and says what differs and what came out.

        Raises:
            CourseError: There is no such run, or there are too many.
        """
        found = list({it.id: it for it in map(self._find, runs)}.values())
        self.model.chosen = ()
        for run in found:
            self._done(partial(self.model.choose, run.id))
        return Text(compared_text(found))

    def duplicate(self, run: Any, **change: Any) -> None:
        """Trains a copy of a run in the background, one setting changed, such as `epochs=3`.

        `wait` waits for its end; its note says what it is a copy of.

        Args:
            run: What is copied.
            change: `epochs`, `seed`, `architecture`, `size`, `depth` or `rate`.

        Raises:
            CourseError: There is no such run or change, or a copy is being trained.
        """
        train = self.model.claim_copy(self._find(run).id, **change)
        if train is None:
            raise CourseError(self.model.message)
        self.trainer.do(train)

    def stop(self) -> None:
        """Ends the copy that is being trained; what it learned is kept."""
        self.model.copier.stop()

    def wait(self) -> None:
        """Waits until the copy has ended.

        Raises:
            CourseError: It failed, in the same words as in the panel.
        """
        self.trainer.wait()
        if failed := self.model.copier.copy.error:
            raise CourseError(failed)

    def note(self, run: Any, text: str) -> None:
        """Keeps a note with a run, in place of the one before; "" takes it away."""
        id = self._find(run).id
        self._done(lambda: self.model.note(id, text=text))

    def tag(self, run: Any, *tags: str) -> None:
        """Adds tags to a run."""
        it = self._find(run)
        self._done(lambda: self.model.note(it.id, tags=(*it.notes.tags, *tags)))

    def untag(self, run: Any, *tags: str) -> None:
        """Takes tags from a run."""
        it, gone = self._find(run), set(map(str.casefold, tags))
        rest = [tag for tag in it.notes.tags if tag.casefold() not in gone]
        self._done(lambda: self.model.note(it.id, tags=rest))

    def add(self, run: Any, name: str = "") -> str:
        """Puts a run on the board.

        Returns:
            Where it stands there.
        """
        id = self._find(run).id
        self._done(lambda: self.model.put_on_board(id, name))
        return self.model.said

    def delete(self, run: Any) -> None:
        """Takes a run from the list and the board; `undo` brings it back.

        Raises:
            CourseError: It is being trained.
        """
        id = self._find(run).id
        self._done(lambda: self.model.delete(id))

    def undo(self) -> None:
        """Brings the run back that was deleted last, and puts it on the board if it was there.

        Raises:
            CourseError: None was deleted.
        """
        self._done(self.model.undo)

    def empty_bin(self) -> str:
        """Deletes for good what was deleted; that can't be undone.

        Returns:
            How many runs that were, and how large.
        """
        self._done(self.model.ask_to_empty)
        self._done(self.model.empty)
        return self.model.said

    def csv(self, path: Path | str | None = None, replace: bool = False) -> str:
        """All runs as comma-separated values.

        Args:
            path: Where to write them, too; its folder is made where there is none.
            replace: Whether a file that is there already is written over.

        Raises:
            CourseError: The file is there already, or can't be written.
        """
        from coursekit.panels.experiments.reporting import as_bytes, put

        text = as_csv(self.runs)
        if path is not None:
            put({Path(path).expanduser(): as_bytes(text)}, replace)
        return text

    def report(self, path: Path | str, *runs: Any, replace: bool = False) -> Path:
        """Writes a comparison with pictures of the curves.

        Args:
            path: `NAME.md`, with its pictures beside it, or `NAME.zip` with all in it; its folder
                is made where there is none.
            runs: What is compared; none: those that are chosen.
            replace: Whether files that are there already are written over.

        Raises:
            CourseError: There is nothing to compare, a file is there already, or can't be written.
        """
        from coursekit.panels.experiments.reporting import files_of, write

        if runs:
            self.compare(*runs)
        return write(path, lambda name: files_of(self.model, name), replace)

    def text(self) -> str:
        wait([self._read], PATIENCE)
        found = self.model.found
        if self.model.runs is None:
            return "Experiments: the runs are being read. Ask again in a moment."
        if not found:
            what = "no training of yours is kept here yet" if not self.model.runs else "none fits"
            return "\n".join(filter(None, [f"Experiments: {what}.", self.model.message]))
        rows = [f"  {number}. {run_line(run)}" for number, run in enumerate(found[:ROWS], 1)]
        rest = [f"  and {len(found) - ROWS:,} more"] if len(found) > ROWS else []
        said = [self.model.said, self.model.copier.copy.line, self.model.message]
        calls = "experiments.compare(1, 2), .duplicate(1, epochs=3), .note(1, '...'), .delete(1)"
        lines = [f"Experiments: {plural(len(found), 'run')}", *rows, *rest, *said]
        return "\n".join([*filter(None, lines), f"Now: {calls}."])

    def widgets(self) -> VBox:
        from coursekit.panels.experiments.view import experiments_view

        return experiments_view(self.model, self.worker, self.trainer, in_app())

    def _find(self, which: Any) -> Experiment:
        """The run that somebody named."""
        self.worker.wait()
        try:
            return self._one_of(which)
        except CourseError:
            if isinstance(which, int):  # a number means what is shown
                raise
            self._done(self.model.load)  # it may be newer than the list
            return self._one_of(which)

    def _one_of(self, which: Any) -> Experiment:
        known: tuple[Experiment, ...] = self.model.runs or ()
        return one_of(which, self.model.found, known, attrgetter("id"), "run")


def run_line(run: Experiment) -> str:
    """`resnet34, 3 epochs (2026-11-02 14:05): finished, error rate 4.4 % (1.7 % to 10.9 %)`."""
    results = [run.state] + [
        f"{name} {run.results[name]}"
        for name in ("error rate", "validation loss")
        if name in run.results
    ]
    tags = f" [{', '.join(run.notes.tags)}]" if run.notes.tags else ""
    note = f"\n     {' '.join(run.notes.text.split())}" if run.notes.text else ""
    return f"{run.name} ({run.began}): {', '.join(results)}{tags}{note}"


def compared_text(runs: list[Experiment]) -> str:
    """A comparison as lines of plain text; what is the same is left out."""
    rows = [row for row in settings_of(runs) if row.differs or len(runs) == 1]
    said = [f"  {row.name}: {' | '.join(it or '-' for it in row.cells)}" for row in rows]
    results = [
        f"  {row.name}: {' | '.join(it or '-' for it in row.cells)}" for row in results_of(runs)
    ]
    same = [] if rows else ["  nothing that is kept"]
    lines = [*titles(runs), "What differs:", *said, *same, "What came out:", *results]
    return "\n".join(filter(None, [*lines, verdict(runs)]))


def run_again(recipe: Mapping[str, Any], folder: Path, **changes: Any) -> TrainingRun:
    """Trains by a run's recipe on the photos that it was trained on.

    Raises:
        CourseError: The photos are gone, may not be read by this page, or are others now.
    """
    from coursekit.experiments.remaking import find_photos
    from coursekit.experiments.rerun import run_again

    photos = find_photos(recipe, None, folder)
    if in_app() and not may_read(photos):
        raise CourseError(
            "The photos of this run are outside the folder that these pages may read. Open the "
            f"app on a folder above {photos.name} to train on them again."
        )
    return run_again(recipe, photos, **changes)
