"""The table of data sets, a button in each row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from traitlets import List, Unicode

from coursekit.panels.frame import LISTED, joined


class SetsTable(anywidget.AnyWidget):
    """Rows of words with a button.

    Args:
        get: Called with the id of the row whose button was clicked.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = joined(LISTED, Path(__file__).with_suffix(".css"))
    rows: Any = List().tag(sync=True)
    getting = Unicode().tag(sync=True)

    def __init__(self, get: Callable[[str], object]) -> None:
        super().__init__()
        self._get = get
        self.on_msg(self._hear)

    def _hear(self, _: object, content: Any, __: object) -> None:
        """Whatever a page sent: only ids of rows that are shown are passed on."""
        which = content.get("get") if isinstance(content, dict) else None
        if not self.getting and any(row["id"] == which for row in self.rows):
            self._get(str(which))
