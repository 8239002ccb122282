"""Where files are dropped, and what class they are."""

from __future__ import annotations

from concurrent.futures import Future

from ipywidgets import Button, Text, VBox, dlink, link

from coursekit.panels.frame import Said, busy_line, error_line, row
from coursekit.panels.picker.dropping import LIMIT, DropModel
from coursekit.panels.uploader import Uploader
from coursekit.panels.working import Worker

HINT = (
    "Photos that lie in folders, or in folders of a zip file, get the folder's name as their "
    "class. For loose photos write their class first. They are copied into a data set of your own."
)


def drop_view(model: DropModel) -> VBox:
    """The class of loose photos, the set's name, the place for files, Remove."""
    worker = Worker()

    def receive(name: str, data: bytes) -> Future[None]:
        """The next file comes once this one is written."""
        return worker.do(lambda: model.receive(name, data))

    uploader = Uploader(
        "Choose photos or a zip file",
        LIMIT,
        receive,
        refuse=lambda name, size: worker.do(lambda: model.refuse(name, size)),
        finish=lambda count: worker.do(model.finish),
        accept="image/*,.zip",
        folders=True,
    )
    label = Text(description="Class of loose photos", placeholder="such as cat")
    name = Text(description="Name of your set")
    for control, trait in (label, "label"), (name, "name"):
        control.style.description_width = "auto"
        link((model, trait), (control, "value"))
    note, hint = Said(), Said(text=HINT, tone="hint")
    dlink((model, "note"), (note, "text"))
    remove = Button(description="Remove what was just added", layout={"width": "auto"})
    remove.on_click(lambda _: worker.do(model.remove))
    dlink((model, "can_remove"), (remove.layout, "display"), lambda it: "" if it else "none")
    lines = busy_line(model), error_line(model), note
    return VBox([hint, row(label, name), uploader, *lines, remove])
