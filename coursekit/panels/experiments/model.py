"""What the experiments panel does: runs listed, chosen, noted, deleted, copied. No widgets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Bool, Int, Unicode

from coursekit.core import handing
from coursekit.core.errors import CourseError
from coursekit.core.wording import file_size, plural
from coursekit.panels.experiments.copying import Again, Copier
from coursekit.panels.training import saved
from coursekit.panels.working import PanelModel
from coursekit.scores import adding, notes, trash
from coursekit.scores.compare import LETTERS
from coursekit.scores.experiment import Experiment, read
from coursekit.scores.folder import ENTRY

AT_ONCE = 30
"""Rows of the table that are shown, and that "more" adds."""

MOST = len(LETTERS)


class BeingTrained(CourseError):
    """A run that is wanted for something that must wait for its end."""

    def __init__(self, run: Experiment) -> None:
        super().__init__(
            f"{run.name} is being trained now, so it can't be deleted. Stop it first, or wait "
            "until it has ended."
        )


class TooMany(CourseError):
    """More runs than can be compared."""

    def __init__(self) -> None:
        super().__init__(
            f"At most {MOST} runs are compared at once. Take one out before you add another."
        )


class NothingDeleted(CourseError):
    """An undo without anything to undo."""

    def __init__(self) -> None:
        super().__init__("The bin is empty, so there is no run to bring back.")


class ExperimentsModel(PanelModel):
    """The runs of this home.

    Args:
        again: Trains by a recipe, see `Copier`.
        shared: Whether others may see these pages: each browser is shown its own runs only then.

    Attributes:
        runs: All that there are to see, the latest first; None before they were read.
        unread: How many folders could not be read.
        search: Words that a shown run has in its name, note, tags or settings.
        tag: A tag that a shown run has; "" for any.
        most: How many rows are shown.
        chosen: Ids of the runs that are compared, in the order they were chosen.
        binned: Folders of deleted runs that can come back, the last deleted first.
        asking: Whether it asks if the bin is to be emptied.
        said: What was done last, a sentence.
        visitor: The browser's own word, in the app.
    """

    runs: Any = AnyTrait(None)
    unread = Int(0)
    search = Unicode()
    tag = Unicode()
    most = Int(AT_ONCE)
    chosen: Any = AnyTrait(())
    binned: Any = AnyTrait(())
    asking = Bool(False)
    said = Unicode()
    visitor = Unicode()

    def __init__(self, again: Again, shared: bool = False) -> None:
        super().__init__()
        self.shared = shared
        self.copier = Copier(again, self._look_at)
        self._lock = threading.RLock()  # a copy that ends and a click change `runs` at once

    def load(self) -> None:
        """Reads all runs."""
        with self.working("Reading the runs"):
            mine = [folder for folder in saved.folders() if self._is_mine(folder)]
            found = [read(folder, self._at_work) for folder in mine]
            with self._lock:
                self.runs = tuple(run for run in found if run)
                self.unread = sum(
                    not run and not (folder / ENTRY).exists()
                    for folder, run in zip(mine, found, strict=True)
                )
                self._tell_rest()

    def _at_work(self, folder: Path) -> bool:
        """Whether some process trains a run now; one that has just begun may not say so yet."""
        return self.copier.trains(folder) or handing.is_at_work(folder)

    def _is_mine(self, folder: Path) -> bool:
        """Whether this visitor may see a run."""
        return not self.shared or saved.began_by(self.visitor, folder)

    def _tell_rest(self) -> None:
        known = {run.id for run in self.runs}
        self.chosen = tuple(id for id in self.chosen if id in known)
        self.binned = tuple(folder for folder in trash.thrown() if self._is_mine(folder))

    def _look_at(self, folder: Path) -> None:
        """Reads one run again, which may be new or gone."""
        run = read(folder, self._at_work) if folder.is_dir() else None
        with self._lock:
            others = [it for it in self.runs or () if it.id != folder.name]
            found = [*others, run] if run else others
            self.runs = tuple(sorted(found, key=lambda it: it.id, reverse=True))
            self._tell_rest()

    @property
    def found(self) -> list[Experiment]:
        """The runs that the search and the tag leave."""
        words = self.search.casefold().split()
        return [run for run in self.runs or () if self._fits(run, words)]

    def _fits(self, run: Experiment, words: list[str]) -> bool:
        if self.tag and self.tag.casefold() not in map(str.casefold, run.notes.tags):
            return False
        said = [run.name, run.id, run.began, run.state, run.notes.text, run.notes.origin]
        text = " ".join([*said, *run.notes.tags, *run.settings.values()]).casefold()
        return all(word in text for word in words)

    @property
    def tags(self) -> list[str]:
        """All tags that runs have."""
        known = {tag.casefold(): tag for run in self.runs or () for tag in run.notes.tags}
        return [known[key] for key in sorted(known)]

    def run_of(self, id: str) -> Experiment:
        """The run of this id.

        Raises:
            CourseError: There is none.
        """
        runs: tuple[Experiment, ...] = self.runs or ()
        for run in runs:
            if run.id == id:
                return run
        raise CourseError("This run is not there any more. Read the runs again to see which are.")

    @property
    def compared(self) -> list[Experiment]:
        """The chosen runs, in the order they were chosen."""
        by_id = {run.id: run for run in self.runs or ()}
        return [by_id[id] for id in self.chosen if id in by_id]

    def choose(self, id: str, yes: bool = True) -> None:
        """Adds a run to the comparison, or takes it out."""
        with self.working(""):
            rest = tuple(it for it in self.chosen if it != id)
            if yes and len(rest) >= MOST:
                raise TooMany
            self.chosen = (*rest, self.run_of(id).id) if yes else rest

    def more(self) -> None:
        """Shows more rows."""
        self.most += AT_ONCE

    def curves(self, run: Experiment) -> saved.Kept | None:
        """A run's curves; None where it has none yet."""
        try:
            return saved.kept(run.folder)
        except saved.NoHistory:
            return None

    def note(self, id: str, **said: Any) -> None:
        """Keeps a `text` or `tags` with a run."""
        self._change(id, lambda run: notes.change(run.folder, **said), "")

    def put_on_board(self, id: str, name: str = "") -> None:
        """Puts a run on the board; `said` then has where it stands."""
        self._change(id, lambda run: repr(adding.add(run.folder, name)), "Putting it on the board")

    def take_off_board(self, id: str) -> None:
        """Takes a run from the board; it stays in the list."""

        def take_off(run: Experiment) -> str:
            adding.take_off(run.id)
            return f"{run.name} is no longer on the board."

        self._change(id, take_off, "Taking it from the board")

    def _change(self, id: str, change: Callable[[Experiment], object], what: str) -> None:
        """Changes what is kept of a run, and reads it again; says what the change says."""
        with self.working(what):
            run = self.run_of(id)
            said = change(run)
            self.said = said if isinstance(said, str) else ""
            self._look_at(run.folder)

    def delete(self, id: str) -> None:
        """Moves a run to the bin."""
        with self.working("Deleting"):
            run = self.run_of(id)
            if self._at_work(run.folder):
                raise BeingTrained(run)
            trash.throw(run.folder)
            self._look_at(run.folder)
            self.said = f"Deleted: {run.name}, begun {run.began}. Undo brings it back."

    def undo(self) -> None:
        """Brings the run back that was deleted last."""
        with self.working("Bringing it back"):
            self._tell_rest()
            if not self.binned:
                raise NothingDeleted
            folder = trash.bring_back(self.binned[0])
            self._look_at(folder)
            self.said = f"{self.run_of(folder.name).name} is back."

    def ask_to_empty(self) -> None:
        """Says what is in the bin, and asks whether it is to go."""
        with self.working("Looking into the bin"):
            self._tell_rest()
            if not self.binned:
                raise NothingDeleted
            self.said = f"Delete {self.bin_words()} for good? That can't be undone."
            self.asking = True

    def bin_words(self) -> str:
        """`3 runs (45 MB)`: what is in the bin."""
        count = plural(len(self.binned), "deleted run")
        return f"{count} ({file_size(trash.size(self.binned))})"

    def empty(self, yes: bool = True) -> None:
        """Deletes for good what is in the bin, or leaves it after all."""
        self.asking = False
        with self.working("Emptying the bin" if yes else ""):
            what = self.bin_words()
            if yes:
                trash.delete(self.binned)
            self._tell_rest()
            self.said = f"{what} deleted for good." if yes else "The bin stays as it is."

    def claim_copy(self, id: str, **changes: Any) -> Callable[[], None] | None:
        """Takes on a copy of a run with a change.

        Returns:
            What trains it to its end, for a worker; None, and a message, where it can't be.
        """
        self.message = self.said = ""
        try:
            run = self.run_of(id)
            values, said = self.copier.claim(run, **changes)
        except CourseError as error:
            self.message = str(error)
            return None
        return lambda: self._copy(run, values, said)

    def _copy(self, run: Experiment, values: dict[str, Any], said: str) -> None:
        with self.working(""):
            folder = self.copier.train(run, values, said, visitor=self.visitor)
            made = self.run_of(folder.name)
            self.said = f"{made.name} is in the table, {made.notes.origin}."
