"""Pictures side by side, sent when they are shown: none of their bytes stays in synced state."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
from traitlets import Unicode

from coursekit.panels.frame import asking


class Shown(NamedTuple):
    """One picture: the words under it, the smaller ones, its bytes or why there are none."""

    title: str
    small: str
    data: bytes
    reason: str = ""


class Tiles(anywidget.AnyWidget):
    """A list of pictures with words under them.

    Args:
        label: What a screen reader calls the list.
    """

    _esm = asking(Path(__file__).with_suffix(".js"))
    _css = Path(__file__).with_suffix(".css")
    label = Unicode().tag(sync=True)

    def __init__(self, label: str) -> None:
        super().__init__(label=label)
        self._last: Sequence[Shown] = ()
        self.on_msg(self._hear)

    def show(self, pictures: Sequence[Shown]) -> None:
        """Shows these in the place of what was there."""
        self._last = pictures
        about = [{"title": it.title, "small": it.small, "reason": it.reason} for it in pictures]
        self.send({"tiles": about}, [it.data for it in pictures])

    def _hear(self, _: object, content: Any, __: object) -> None:
        """A page that is there now asks for what it has missed."""
        if isinstance(content, dict) and content.get("ready"):
            self.show(self._last)
