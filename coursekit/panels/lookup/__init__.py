"""Look a word up: `doc()` with a field to type in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursekit.panels.lookup.model import LookUpModel
from coursekit.panels.panel import Panel

if TYPE_CHECKING:
    from ipywidgets import VBox


class LookUp(Panel):
    """Tells what a word of the field or a name of ours means.

    Example:
        >>> panel = LookUp()
        >>> panel.look_up("epoch")
        'epoch: One pass over all the items of the training set. (lesson section: Training)'
    """

    def __init__(self) -> None:
        self.model: LookUpModel = LookUpModel()

    def look_up(self, name: str) -> str:
        """What it means, as `doc` says it.

        Raises:
            CourseError: Nothing has this name.
        """
        self._done(lambda: self.model.look_up(name))
        return self.model.said

    def text(self) -> str:
        lines = ["Look something up.", self.model.said, self.model.message]
        return "\n".join([*filter(None, lines), "Now: panel.look_up('epoch'), for example."])

    def widgets(self) -> VBox:
        from coursekit.panels.lookup.view import lookup_view

        return lookup_view(self.model)
