"""Small pictures to click on, whose bytes no saved notebook holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Unicode

from coursekit.panels.frame import asking


@dataclass(frozen=True)
class Thumb:
    """One of them: the words below it, those that a pointer brings up, JPEG bytes."""

    words: str
    hint: str
    picture: bytes


class Thumbs(anywidget.AnyWidget):
    """A row of buttons with pictures on them; the bytes travel as those of a `Picture`.

    Args:
        label: What the row is, shown before it.
        choose: Called with a button's place, from 0 on, when it is clicked.
    """

    _esm = asking(Path(__file__).with_suffix(".js"))
    _css = Path(__file__).with_suffix(".css")
    label = Unicode().tag(sync=True)

    def __init__(self, label: str, choose: Callable[[int], object]) -> None:
        super().__init__(label=label)
        self._choose = choose
        self._thumbs: tuple[Thumb, ...] = ()
        self._current = -1
        self.on_msg(self._hear)

    def show(self, thumbs: Sequence[Thumb]) -> None:
        """Replaces all of them."""
        self._thumbs = tuple(thumbs)
        self._tell()

    def mark(self, place: int) -> None:
        """Shows which is the present one; -1: none."""
        self._current = place
        self.send({"current": place})

    def _tell(self) -> None:
        words = [{"words": it.words, "hint": it.hint} for it in self._thumbs]
        pictures = [it.picture for it in self._thumbs]
        self.send({"thumbs": words, "current": self._current}, buffers=pictures)

    def _hear(self, _: object, content: Any, __: object) -> None:
        if content == "ready":
            self._tell()
        elif isinstance(content, int) and 0 <= content < len(self._thumbs):
            self._choose(content)
