"""A panel as people hold it: widgets where a front end shows them, text where none does."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.errors import CourseError
from coursekit.core.kernel import kernel
from coursekit.panels.working import PanelModel

if TYPE_CHECKING:
    from ipywidgets import VBox

EXPORTED = Path(__file__).with_name("exported.js")


class Panel:
    """What all panels are: a model, widgets made when they are first shown, the same as text.

    A subclass sets `model` and says `text` and `widgets`. What it does, its methods do, so that
    everything can be done in a cell or in a script, too.
    """

    model: PanelModel

    def text(self) -> str:
        """What the panel shows, as lines of plain text; says what to call next."""
        raise NotImplementedError

    def saved(self) -> str:
        """The same for a notebook's file, which others may read: without what is the owner's."""
        return self.text()

    def widgets(self) -> VBox:
        """The panel's widgets, made anew."""
        raise NotImplementedError

    @cached_property
    def view(self) -> VBox:
        """The panel's widgets: always the same, however often a cell shows them."""
        return self.widgets()

    def close(self) -> None:
        """Takes the widgets out of every page and frees them; the panel's methods go on working."""
        view = self.__dict__.pop("view", None)
        if view is not None:
            close_all(view)

    def __repr__(self) -> str:
        return self.saved() if in_kernel() else self.text()  # of a list in a cell, too

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """What Jupyter shows: the widgets, or the text where no front end can show them."""
        if not in_kernel():
            return {"text/plain": self.text()}
        return {**self.view._repr_mimebundle_(), "text/plain": self.saved()}

    def _ipython_display_(self) -> None:
        """Shows that; and keeps the text for an HTML export, which would take the widgets alone."""
        from IPython.display import display

        show: Any = display  # it has no types
        show(self._repr_mimebundle_(), raw=True)
        if in_kernel():
            from coursekit.panels.cells import note_cells

            note_cells()
            script = shown_when_exported(self.saved(), self.view.model_id)
            show({"application/javascript": script, "text/plain": ""}, raw=True)

    def _done(self, job: Callable[[], object], waits: bool = False) -> None:
        """Does a job of the model's here and now, or `waits` for one that was begun before.

        Raises:
            CourseError: The model says that it failed, in the same words as in the panel.
        """
        if not waits:
            self.model.message = ""  # what went wrong before is not this job's
        job()
        if self.model.message:
            raise CourseError(self.model.message)


def close_all(widget: Any) -> None:
    """Frees a widget with all that is in it."""
    for inner in getattr(widget, "children", ()):
        close_all(inner)
    for name in ("layout", "style"):
        if hasattr(getattr(widget, name, None), "close"):
            getattr(widget, name).close()
    widget.close()


def shown_when_exported(text: str, model: str) -> str:
    """A script that shows `text` where a page without Jupyter has no widgets for this `model` id.

    A script, because nbconvert's HTML alone takes those: its Markdown has the text already.
    """
    said = json.dumps(text).replace("<", "\\u003c")  # or a </script> in it would end the script
    return f"{EXPORTED.read_text(encoding='utf-8').rstrip()}({said}, {json.dumps(model)});"


def in_kernel() -> bool:
    """Whether this Python is a Jupyter kernel, whose front end may show widgets."""
    return kernel() is not None
