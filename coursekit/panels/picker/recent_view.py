"""The folders that were chosen last, to be chosen again."""

from __future__ import annotations

from functools import partial

from ipywidgets import Button, Dropdown, VBox

from coursekit.panels.frame import Said, row
from coursekit.panels.picker.model import PickerModel
from coursekit.panels.picker.recent import Recent
from coursekit.panels.working import Worker

NONE = "No folder was chosen yet on this machine, or none of them is still there."


def recent_view(model: PickerModel, recent: Recent, worker: Worker) -> VBox:
    """A list, the newest first, and a button."""
    which = Dropdown(description="Folder and rule")
    which.add_class("ck-choice")
    which.style.description_width = "auto"
    which.layout.width = "100%"
    take = Button(description="Take it again", layout={"width": "auto"})
    none = Said(tone="hint")
    known = row(which, take)

    def refresh(_: object = None) -> None:
        some = recent.all()
        which.options = [(recent.words(photos), photos) for photos in some]
        which.index = 0 if some else None
        none.text = "" if some else NONE
        known.layout.display = "" if some else "none"

    def again(_: object) -> None:
        if which.value is not None:
            worker.do(partial(model.take, which.value))

    take.on_click(again)
    model.observe(refresh, "found")
    refresh()
    return VBox([none, known])
