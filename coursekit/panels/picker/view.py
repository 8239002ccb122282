"""Choose a folder or the digits; see what is in it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path

from ipyfilechooser import FileChooser
from ipyfilechooser.errors import ParentPathError
from ipywidgets import HTML, Button, Dropdown, Select, Text, VBox, dlink

from coursekit.panels.frame import Said, busy_line, error_line, panel, row
from coursekit.panels.picker.model import Found, PickerModel
from coursekit.panels.working import Worker

BY_NAME = "^(.+)_"
OWN = "own"
RULES = {
    "the folder it lies in": "",
    "its file name, up to the last underscore": BY_NAME,
    "found by a regular expression": OWN,
}
HINT = "A folder with one folder of photos for each class, or photos whose file names say it."


class FolderChooser(FileChooser):  # type: ignore[misc]  # it has no types
    """Chooses a folder at or below `root`; a link that leads out of it is refused in words."""

    def __init__(self, root: Path, refused: Callable[[str], None]) -> None:
        self._refused = refused
        super().__init__(
            str(root),
            sandbox_path=str(root),
            show_only_dirs=True,
            select_desc="Choose folder",
            change_desc="Choose folder",
            dir_icon=None,
        )
        self.add_class("ck-folder")
        self.layout.width = "100%"
        for part in [*self.children[1].children, *self.children[2].children]:
            if name := {Dropdown: "Folder", Select: "Folders in it"}.get(type(part)):
                part.description = part.tooltip = name  # they come without any
                part.style.description_width = "6.5em"

    def _set_form_values(self, path: str, filename: str) -> None:
        try:
            super()._set_form_values(path, filename)
        except ParentPathError:
            self._refused(f"{Path(path).name} lies outside of the folder that this page may read.")


def picker_view(model: PickerModel, root: Path) -> VBox:
    """The chooser, the rule for labels, and what was found."""
    worker = Worker()
    chooser = FolderChooser(root, lambda words: setattr(model, "message", words))
    chooser.register_callback(lambda it: worker.do(partial(model.choose, Path(it.selected_path))))
    digits = Button(description="Take the handwritten digits", layout={"width": "auto"})
    digits.on_click(lambda _: worker.do(model.choose_digits))
    found, samples = Said(), HTML()
    dlink((model, "found"), (found, "text"), lambda it: str(it) if it else "")
    dlink((model, "found"), (samples, "value"), thumbnails)
    rule = rule_controls(lambda label: worker.do(partial(model.relabel, label)))
    lines = busy_line(model), error_line(model), found, samples
    return panel("1. Choose photos", HINT, row(chooser, digits), rule, *lines)


def rule_controls(relabel: Callable[[str | None], None]) -> VBox:
    """Where a photo's label comes from; the expression can be edited where it is the rule."""
    rule = Dropdown(options=RULES, description="A photo's label is")
    own = Text(BY_NAME, description="Expression", continuous_update=False)
    rule.layout.width = "100%"
    rule.add_class("ck-choice")
    for control in rule, own:
        control.style.description_width = "auto"
    dlink((rule, "value"), (own.layout, "display"), lambda it: "" if it == OWN else "none")

    def tell(_: object) -> None:
        relabel((own.value if rule.value == OWN else rule.value) or None)

    rule.observe(tell, "value")
    own.observe(tell, "value")
    return row(rule, own)


def thumbnails(found: Found | None) -> str:
    """The samples as HTML, each with its label."""
    if found is None:
        return ""
    figures = (
        f"<figure><img alt='{escape(sample.label, quote=True)}, a sample' src='data:image/jpeg;"
        f"base64,{b64encode(sample.jpeg).decode()}'><figcaption>{escape(sample.label)}"
        "</figcaption></figure>"
        for sample in found.samples
    )
    return f"<div class='ck-samples'>{''.join(figures)}</div>"
