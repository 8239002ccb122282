"""The look-up's widgets: a field that offers the glossary's words, and what one means."""

from __future__ import annotations

from ipywidgets import HTML, Button, Combobox, VBox, dlink

from coursekit.panels.frame import error_line, panel, row, style
from coursekit.panels.lookup.model import LookUpModel

HINT = (
    "A word of the field, such as validation set, or a name of ours, such as fine_tune. In a "
    "notebook doc(...) does the same."
)


def lookup_view(model: LookUpModel) -> VBox:
    """All of the panel."""
    word = Combobox(
        options=model.words,
        description="Word",
        placeholder="learning rate",
        ensure_option=False,
        continuous_update=False,  # or each letter would be looked up
    )
    word.style.description_width = "auto"
    look, shown = Button(description="Look it up", icon="search"), HTML()
    look.on_click(lambda _: model.look_up(word.value))
    word.observe(lambda change: model.look_up(change.new), "value")
    dlink((model, "shown"), (shown, "value"))
    shown.add_class("ck-document")
    return VBox(
        [style(), panel("Look something up", HINT, row(word, look), error_line(model), shown)]
    )
