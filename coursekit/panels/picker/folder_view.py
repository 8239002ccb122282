"""Choosing a folder, and where its photos' labels come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from ipyfilechooser import FileChooser
from ipyfilechooser.errors import ParentPathError
from ipywidgets import Dropdown, Layout, Text, VBox, dlink

from coursekit.panels.ask import terms_line
from coursekit.panels.frame import Said, row
from coursekit.panels.picker.look import here
from coursekit.panels.picker.model import Found, PickerModel
from coursekit.panels.working import Worker

OPEN, ANOTHER, TAKE = "Choose a folder", "Choose another folder", "Take this folder"
BY_NAME = "^(.+)_"
OWN = "own"
RULES = {
    "the folder it lies in": "",
    "its file name, up to the last underscore": BY_NAME,
    "found by a regular expression": OWN,
}


def folder_view(model: PickerModel, root: Path, worker: Worker) -> VBox:
    """The chooser and the rule for labels."""
    chooser = FolderChooser(root, lambda words: setattr(model, "message", words))
    chooser.register_callback(lambda it: worker.do(partial(model.choose, Path(it.selected_path))))
    dlink((model, "found"), (chooser.taken, "text"), partial(taken, root))
    rule = rule_controls(model, lambda label: worker.do(partial(model.relabel, label)))
    return VBox([chooser, chooser.taken, rule, terms_line("label")])


def taken(root: Path, found: Found | None) -> str:
    """Which folder was taken, seen from the root."""
    if found is None:
        return f"You can choose folders in {root.name or root}."
    folder = found.photos.folder
    if not folder.is_relative_to(root):
        return f"{folder.name} is taken, which came from elsewhere."
    return f"{(Path(root.name) / folder.relative_to(root)).as_posix()} is taken."


class FolderChooser(FileChooser):  # type: ignore[misc]  # it has no types
    """Chooses a folder at or below `root`; a link that leads out of it is refused in words.

    Attributes:
        taken: A line that says which folder was taken; for the caller to place and to write.
    """

    def __init__(self, root: Path, refused: Callable[[str], None]) -> None:
        self._refused, self._root = refused, root
        self._here, self.taken = Said(tone="hint"), Said(tone="hint")
        super().__init__(
            str(root),
            sandbox_path=str(root),
            show_only_dirs=True,
            select_desc=OPEN,
            change_desc=ANOTHER,
            dir_icon=None,
            layout=Layout(width="100%"),  # its own default is one for all choosers
        )
        self.add_class("ck-folder")
        self._label.layout.display = "none"  # it would show a folder's name as markup
        for part, name in (self._pathlist, "Folder"), (self._dircontent, "Folders in it"):
            part.description = part.tooltip = name  # they come without any
            part.style.description_width = "6.5em"
        title, lists, buttons = self.children
        self.set_trait("children", (title, lists, self._here, buttons))
        self._here.layout.display = "none"

    def _set_form_values(self, path: str, filename: str) -> None:
        try:
            next(Path(path).iterdir(), None)  # a folder may have gone, or may not be opened
            super()._set_form_values(path, filename)
        except ParentPathError:
            self._refused(f"{Path(path).name} lies outside of the folder that this page may read.")
            return
        except OSError as error:
            self._refused(f"The folder {Path(path).name} can't be opened ({error.strerror}).")
            return
        self._name_root()
        self._here.text = here(Path(path))

    def _name_root(self) -> None:
        """Shows the root by its name, where the chooser would write /."""
        self._pathlist.unobserve(self._on_pathlist_select, names="value")
        root, value = self._root.name or str(self._root), self._pathlist.value
        paths = [it[1] if isinstance(it, tuple) else it for it in self._pathlist.options]
        self._pathlist.options = [(root + path.rstrip("/"), path) for path in paths]
        self._pathlist.value = value
        self._pathlist.observe(self._on_pathlist_select, names="value")

    def _show_dialog(self) -> None:
        super()._show_dialog()
        self._select.description, self._select.button_style = TAKE, "primary"
        self._here.layout.display = None

    def _apply_selection(self) -> None:
        super()._apply_selection()
        self._closed(ANOTHER)

    def _on_cancel_click(self, button: object) -> None:
        super()._on_cancel_click(button)
        self._closed(ANOTHER if self._selected_path else OPEN)

    def _closed(self, words: str) -> None:
        self._select.description, self._select.button_style = words, ""
        self._here.layout.display = "none"


def rule_controls(model: PickerModel, relabel: Callable[[str | None], object]) -> VBox:
    """Where a photo's label comes from; the expression can be edited where it is the rule."""
    rule = Dropdown(options=RULES, description="A photo's label is")
    own = Text(BY_NAME, description="Expression", continuous_update=False)
    rule.layout.width = "100%"
    rule.add_class("ck-choice")
    for control in rule, own:
        control.style.description_width = "auto"
    dlink((rule, "value"), (own.layout, "display"), lambda it: "" if it == OWN else "none")
    following = False

    def tell(_: object) -> None:
        if not following:
            relabel((own.value if rule.value == OWN else rule.value) or None)

    def follow(_: object = None) -> None:
        """Shows the model's rule, which another choice may have changed."""
        nonlocal following
        following, label = True, model.label or ""
        if label not in ("", BY_NAME) and own.value != label:
            own.value = label
        if not (rule.value == OWN and own.value == label):
            rule.value = label if label in ("", BY_NAME) else OWN
        following = False

    rule.observe(tell, "value")
    own.observe(tell, "value")
    model.observe(follow, "label")
    follow()
    return row(rule, own)
