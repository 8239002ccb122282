"""The panels that a homework list opens: made when they are wanted first, then kept."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.panels.homework.tasks import Homework
from coursekit.panels.panel import Panel
from coursekit.panels.training.steering import AT_WORK

if TYPE_CHECKING:
    from coursekit.learn.learner import Learner
    from coursekit.panels.challenge import Challenge
    from coursekit.panels.experiments import Experiments
    from coursekit.panels.lookup import LookUp
    from coursekit.panels.quiz import Quiz
    from coursekit.panels.review import Review
    from coursekit.panels.scoreboard import Scoreboard
    from coursekit.panels.workbench import Workbench

TRAINED = "A model is being trained. The game opens here by itself once that is done."
KEPT = "The trained model is still being made ready. The game opens here by itself once it is."


class Places:
    """The panels of one lesson, which know of each other: what one trains the others play with.

    Args:
        homework: Its list.
        root: Where the workbench may choose photos.
    """

    def __init__(self, homework: Homework, root: Path | str | None = None) -> None:
        self._homework, self._root = homework, root
        self._learn: Learner | None = None

    @cached_property
    def workbench(self) -> Workbench:
        """Choose photos, train, try a picture."""
        from coursekit.panels.workbench import Workbench

        made = Workbench(self._root)
        made.monitor.model.observe(lambda _: self._trained(made), "state")
        return made

    @cached_property
    def board(self) -> Scoreboard:
        """The scores."""
        from coursekit.panels.scoreboard import Scoreboard

        return Scoreboard(self._learn)

    @cached_property
    def challenge(self) -> Challenge:
        """You against the model."""
        from coursekit.panels.challenge import Challenge

        return Challenge(self._learn)

    @cached_property
    def experiments(self) -> Experiments:
        """Runs side by side."""
        from coursekit.panels.experiments import Experiments

        return Experiments()

    @cached_property
    def quiz(self) -> Quiz:
        """The lesson's questions."""
        from coursekit.panels.quiz import Quiz

        return Quiz(self._homework.questions)

    @cached_property
    def review(self) -> Review:
        """Questions that come back."""
        from coursekit.panels.review import Review

        return Review()

    @cached_property
    def lookup(self) -> LookUp:
        """What a word means."""
        from coursekit.panels.lookup import LookUp

        return LookUp()

    def use(self, learn: Learner) -> None:
        """Has the board and the challenge be about this learner."""
        self._learn = learn
        for name in ("board", "challenge"):
            if made := self.__dict__.get(name):
                made.use(learn)

    def panel(self, name: str) -> Panel:
        """A panel by its name."""
        found: Panel = getattr(self, name)
        if name == "board":
            self.board.model.refresh()
        elif name == "experiments":
            self.experiments.worker.do(self.experiments.model.load)
        elif name == "challenge":
            self._hold_game()
        return found

    def close(self) -> None:
        """Frees the widgets of all that were made."""
        for it in list(vars(self).values()):
            if isinstance(it, Panel):
                it.close()

    def _trained(self, workbench: Workbench) -> None:
        run = workbench.monitor.model.run
        if run is not None and workbench.monitor.model.state in ("finished", "stopped"):
            self.use(run.learn)
        self._hold_game()

    def _hold_game(self) -> None:
        """Has the game wait for what the workbench makes now."""
        if "challenge" in vars(self):
            self.challenge.model.wait(self._awaited())

    def _awaited(self) -> str:
        """What is done to a model that the game is to be with, a sentence; "" for nothing."""
        state = self.workbench.monitor.model.state if "workbench" in vars(self) else ""
        if state == "keeping":
            return KEPT
        at_work = state in ("loading", *AT_WORK)
        return TRAINED if at_work and self._learn is None else ""
