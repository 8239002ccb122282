"""What a homework panel does: looks what was done, opens what is to be done. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Unicode

from coursekit.core import deeds
from coursekit.core.errors import CourseError
from coursekit.panels.homework.tasks import Evidence, Task, load
from coursekit.panels.working import PanelModel


@dataclass(frozen=True)
class Row:
    """A task, and how it stands."""

    task: Task
    done: bool
    words: str


class HomeworkModel(PanelModel):
    """A lesson's list.

    Attributes:
        rows: Each task.
        opened: The panel that is shown below, one of `tasks.OPENS`; "" for none.
        stands: How much is done, a sentence.
    """

    rows: Any = AnyTrait(())
    opened = Unicode()
    stands = Unicode()

    def __init__(self, lesson: int, within: Path | None = None) -> None:
        super().__init__()
        self.homework = load(lesson, within)
        self.refresh()

    def refresh(self) -> None:
        """Looks what was done; costs some milliseconds, so it can be asked often."""
        trouble = ""
        rows = []
        for task in self.homework.tasks:
            try:
                found = self.homework.evidence(task)
            except (
                CourseError
            ) as error:  # the database, say: what needs none is ticked all the same
                found, trouble = Evidence(False, "can't be looked up now"), str(error)
            rows.append(Row(task, found.done, found.words))
        self.rows, self.message = tuple(rows), trouble
        done = sum(row.done for row in rows)
        self.stands = (
            f"All {len(rows)} done. On to the next lesson."
            if done == len(rows)
            else f"{done} of {len(rows)} done."
        )

    def open(self, what: str) -> None:
        """Shows a panel below the list, or hides it where it is shown already."""
        self.opened = "" if self.opened == what else what

    def say_shut_down(self, done: bool) -> None:
        """Notes that the learner shut the machine down, or that they said so by mistake."""
        deeds.note("shut_down") if done else deeds.undo("shut_down")
        self.refresh()
