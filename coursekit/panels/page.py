"""What only the page can do: know its browser, save a file, tell somebody who looks elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Bool, Unicode

VISITOR = 64


class Page(anywidget.AnyWidget):
    """The page's side of a panel; it shows a check box for notices where they are offered.

    Args:
        visitor: Called once with this browser's own random word, which it keeps for the next visit.
        notices: Whether to offer them; the browser asks for leave when the box is ticked.

    Attributes:
        wanted: Whether the box is ticked.
        ended: What there is to tell, once there is.
    """

    _esm = Path(__file__).with_suffix(".js")
    notices = Bool(False).tag(sync=True)
    wanted = Bool(False).tag(sync=True)
    ended = Unicode().tag(sync=True)

    def __init__(
        self, visitor: Callable[[str], object] | None = None, notices: bool = False
    ) -> None:
        super().__init__(notices=notices)
        self._visitor = visitor
        self.on_msg(self._hear)

    def save(self, name: str, content: bytes) -> None:
        """Has the browser save a file, as if it were downloaded."""
        self.send({"save": name}, [content])

    def _hear(self, _: object, content: dict[str, Any], __: object) -> None:
        word = content.get("visitor")
        if self._visitor and isinstance(word, str) and 0 < len(word) <= VISITOR:
            self._visitor(word)
            self._visitor = None
