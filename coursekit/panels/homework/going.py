"""The place where an opened panel begins."""

from __future__ import annotations

from pathlib import Path

import anywidget
from traitlets import Int, Unicode


class Place(anywidget.AnyWidget):
    """Brings the page, the keys and the screen reader to itself; nothing is seen of it.

    Attributes:
        where: What is there, in words; "" for nothing.
        times: How often somebody went there; a change takes them there.
    """

    _esm = Path(__file__).with_suffix(".js")
    where = Unicode().tag(sync=True)
    times = Int(0).tag(sync=True)

    def go(self, where: str) -> None:
        """Goes there, or notes that there is nothing any more."""
        with self.hold_sync():
            self.where = where
            self.times += bool(where)
