"""The whole panel: first choose, then what was found, then a closer look."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ipywidgets import Box, Button, VBox, Widget, dlink

from coursekit.panels.frame import Said, busy_line, error_line, panel, row, style
from coursekit.panels.picker.concerns_view import concerns_view
from coursekit.panels.picker.counts_view import counts_view
from coursekit.panels.picker.drop_view import drop_view
from coursekit.panels.picker.folder_view import folder_view
from coursekit.panels.picker.model import PickerModel
from coursekit.panels.picker.pages_view import pages_view
from coursekit.panels.picker.recent import Recent
from coursekit.panels.picker.recent_view import recent_view
from coursekit.panels.picker.sets_view import sets_view
from coursekit.panels.picker.sight_view import sight_view
from coursekit.panels.ways import sections
from coursekit.panels.working import Worker

if TYPE_CHECKING:
    from coursekit.panels.picker import DatasetPicker

HINT = (
    "Take the handwritten digits to begin at once, or photos of your own: a folder with one folder "
    "of photos for each class, or photos whose file names say it."
)
EMPTY = "No photos are chosen yet. What is in them will be shown here."

Make = Callable[[], Widget]


def picker_panel(picker: DatasetPicker, recent: Recent) -> VBox:
    """Everything about choosing photos."""
    model, worker = picker.model, Worker()
    digits = Button(description="Take the handwritten digits", layout={"width": "auto"})
    digits.on_click(lambda _: worker.do(model.choose_digits))
    ways: dict[str, Make] = {
        "A folder": lambda: folder_view(model, picker.root, worker),
        "The catalogue": lambda: sets_view(picker.sets),
        "Your own files": lambda: drop_view(picker.drops),
        "Recent folders": lambda: recent_view(model, recent, worker),
    }
    found = Said()
    dlink((model, "found"), (found, "text"), lambda it: str(it) if it else "")
    lines = busy_line(model), error_line(model), found
    take = sections("Take photos from", ways, turned=partial(setattr, model, "message", ""))
    parts = row(digits), take, *lines, closer(picker, worker)
    box = panel(picker.title, HINT, *parts)
    box.add_class("ck-picker")
    return VBox([style(), box])


def closer(picker: DatasetPicker, worker: Worker) -> VBox:
    """What can be seen once photos are chosen."""
    model = picker.model
    looks: dict[str, Make] = {
        "The photos": lambda: pages_view(model, picker.pages),
        "How many of each": lambda: counts_view(model, worker),
        "What the network sees": lambda: sight_view(model, picker.sight),
    }
    empty = Said(text=EMPTY, tone="hint")
    dlink((model, "found"), (empty, "text"), lambda it: "" if it else EMPTY)
    seen = VBox([concerns_view(model, picker.checks, worker), sections("Look closer", looks)])
    show_while_found(model, seen)
    return VBox([empty, seen])


def show_while_found(model: PickerModel, box: Box) -> None:
    """Hides a box while there are no photos."""
    dlink((model, "found"), (box.layout, "display"), lambda it: "" if it else "none")
