"""A lesson's demands as a list that ticks itself: the way through the course."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.core.errors import CourseError
from coursekit.panels.homework.model import HomeworkModel
from coursekit.panels.homework.places import Places
from coursekit.panels.homework.tasks import OPENS
from coursekit.panels.homework.watching import watch
from coursekit.panels.panel import Panel

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.learn.learner import Learner


class Homework(Panel):
    """What a lesson asks for, what of it was done, and the panels to do it in.

    Args:
        lesson: Its number.
        learn: What the board and the game are about, until the workbench trains something.
        root: The folder chooser starts here and never leaves it.
        within: A folder of lessons of your own, see docs/homework.md.

    Raises:
        CourseError: The lesson has no list, or there is a mistake in it.

    Example:
        >>> Homework(1).model.homework.title
        'Lesson 1: the whole game'
    """

    model: HomeworkModel

    def __init__(
        self,
        lesson: int = 1,
        learn: Learner | None = None,
        root: Path | str | None = None,
        within: Path | str | None = None,
    ) -> None:
        lessons = Path(within) if within is not None else None
        self.model = HomeworkModel(lesson, lessons)
        self.places = Places(self.model.homework, root)
        if learn is not None:
            self.places.use(learn)

    def open(self, name: str) -> Panel:
        """The panel of that name, one of `workbench`, `board`, `quiz`, …; shown below the list.

        Raises:
            CourseError: There is none of that name.
        """
        if name not in OPENS or name == "leaving":
            raise CourseError(f"There is no panel {name!r} here. Choose {', '.join(OPENS[:-1])}.")
        if self.model.opened != name:
            self.model.open(name)
        return self.places.panel(name)

    def shut_down(self, done: bool = True) -> None:
        """Says that you shut the machine down, or that you said so by mistake."""
        self.model.say_shut_down(done)

    def text(self) -> str:
        self.model.refresh()
        lines = [f"{self.model.homework.title}: {self.model.stands}"]
        for it in self.model.rows:
            more = f" ({it.words})" if it.words else ""
            lines.append(f"  [{'x' if it.done else ' '}] {it.task.says}{more}")
        lines += [self.model.message, "Now: homework.open('workbench'), homework.shut_down()."]
        return "\n".join(filter(None, lines))

    def widgets(self) -> VBox:
        from coursekit.panels.homework.view import homework_view

        self._end = watch(self.model)
        return homework_view(self.model, self.places, self.model.homework.title)

    def close(self) -> None:
        if "view" in vars(self):
            self._end()
        super().close()
        self.places.close()
