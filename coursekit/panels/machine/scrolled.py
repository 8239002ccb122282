"""What changes every few seconds and may be wider than the page."""

from __future__ import annotations

from pathlib import Path

import anywidget
from traitlets import Unicode


class Scrolled(anywidget.AnyWidget):
    """HTML in a box that keeps the focus, and how far it is scrolled, while the HTML changes.

    An `ipywidgets.HTML` draws all of it anew: who scrolls by keys would be at the page's top again.

    Attributes:
        label: What a screen reader calls the box.
        shown: The HTML, made of text that was escaped; the box is not there while it is empty.
    """

    _esm = Path(__file__).with_suffix(".js")
    label = Unicode().tag(sync=True)
    shown = Unicode().tag(sync=True)
