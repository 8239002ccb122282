"""A picture in a panel, whose bytes no saved notebook holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
from traitlets import Int, Unicode

from coursekit.panels.frame import asking


class Picture(anywidget.AnyWidget):
    """A JPEG, or nothing; over it a second one, as strong as its slider says.

    The bytes travel in messages and are kept here alone, because a widget's state is saved in the
    notebook. A page that shows the widget anew asks for them again.

    Args:
        slider: The slider's label; "" for a picture without one.
    """

    _esm = asking(Path(__file__).with_suffix(".js"))
    _css = Path(__file__).with_suffix(".css")
    slider = Unicode().tag(sync=True)
    strength = Int(50).tag(sync=True)

    def __init__(self, slider: str = "") -> None:
        super().__init__(slider=slider)
        self._shown: tuple[str, bytes, bytes] = ("", b"", b"")
        self.on_msg(self._hear)

    def show(self, picture: bytes, words: str, over: bytes = b"") -> None:
        """Replaces what is shown.

        Args:
            picture: JPEG bytes; b"" for nothing.
            words: What is to be seen, for who cannot see it.
            over: JPEG bytes of the same shape, to lie over it.
        """
        self._shown = (words, picture, over)
        self._tell()

    def _tell(self) -> None:
        words, picture, over = self._shown
        self.send({"words": words}, buffers=[picture, over])

    def _hear(self, _: object, content: Any, __: object) -> None:
        if content == "ready":
            self._tell()
