"""What all panels look like: heading, style, lines that are read aloud when they change."""

from __future__ import annotations

from html import escape
from pathlib import Path

import anywidget
from ipywidgets import HTML, HBox, VBox, Widget, dlink
from traitlets import Enum, Float, Unicode

from coursekit.panels.linked import Linked
from coursekit.panels.reminder import reminder_at_top
from coursekit.panels.working import PanelModel

THEME = Path(__file__).with_name("theme.css")
ASKING = Path(__file__).with_name("asking.js")
LISTED, EXERCISE = (Path(__file__).with_name(f"{name}.css") for name in ("listed", "exercise"))
"""Rules that the styles of several widgets begin with."""


def joined(*files: Path) -> str:
    """Scripts or styles as one: those of widgets can't import others."""
    return "".join(file.read_text(encoding="utf-8") for file in files)


def asking(script: Path) -> str:
    """A widget's script with `untilAnswered` before it."""
    return joined(ASKING, script)


class Said(Linked, anywidget.AnyWidget):
    """A line of plain text; a screen reader says it when it changes, what is wrong at once.

    Attributes:
        text: The line; nothing is seen where it is empty.
        tone: `error` is what was not done, `waits` what is not done yet; `quiet` is for what
            changes several times a second: it is not read aloud.
        share: How much is done, 0 to 1, shown as a bar below; below 0 there is none.
    """

    _esm = Path(__file__).with_name("said.js")
    text = Unicode().tag(sync=True)
    tone = Enum(["status", "error", "waits", "hint", "quiet"], "status").tag(sync=True)
    share = Float(-1.0).tag(sync=True)

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self.add_class("ck-line")


class KeepFocus(anywidget.AnyWidget):
    """Keeps the place of somebody who works by keys, where a button of the panel is disabled."""

    _esm = Path(__file__).with_name("focus.js")


def style() -> HTML:
    """The panels' style sheet, for the page as for a notebook."""
    return HTML(f"<style>{THEME.read_text(encoding='utf-8')}</style>")


def panel(title: str, hint: str, *children: Widget, level: int = 2) -> VBox:
    """A box with a heading, a line that says what to do here, and the children below.

    Above it is the reminder, where it has something to say.
    """
    heading = HTML(f"<h{level}>{escape(title)}</h{level}><p class='ck-hint'>{escape(hint)}</p>")
    box = VBox([reminder_at_top(), heading, *children, KeepFocus()])
    box.add_class("ck-panel")
    return box


def row(*children: Widget) -> HBox:
    """Controls side by side; they wrap where the page is narrow."""
    box = HBox(list(children))
    box.add_class("ck-row")
    return box


def busy_line(model: PanelModel) -> Said:
    """What the model does now."""
    line = Said()
    line.add_class("ck-busy")
    line.links = (dlink((model, "busy"), (line, "text"), lambda it: f"{it} …" if it else ""),)
    return line


def error_line(model: PanelModel) -> Said:
    """What went wrong last."""
    line = Said(tone="error")
    line.links = (dlink((model, "message"), (line, "text")),)
    return line
