"""The widget that shows a photo and its labels: what is clicked goes to Python as a message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Any as AnyTrait

from coursekit.panels.frame import EXERCISE, asking, joined

Picture = tuple[int, bytes]


class Played(anywidget.AnyWidget):
    """One photo at a time. A photo is sent when it is shown: none stays in synced state.

    Args:
        heard: Called with what was done, `answer` say, its value, and the photo's number.

    Attributes:
        shown: See `ChallengeModel.shown`.
    """

    _esm = asking(Path(__file__).with_suffix(".js"))
    _css = joined(EXERCISE, Path(__file__).with_suffix(".css"))
    shown: Any = AnyTrait(None).tag(sync=True)

    def __init__(self, heard: Callable[[str, Any, Any], object], **traits: Any) -> None:
        super().__init__(**traits)
        self._heard = heard
        self._last: Picture | None = None
        self.on_msg(self._hear)

    def show(self, picture: Picture | None) -> None:
        """Shows this photo in the place of what was there; None: nothing."""
        self._last = picture
        number, data = picture or (0, b"")
        self.send({"photo": number}, [data])

    def _hear(self, _: object, content: Any, __: object) -> None:
        if not isinstance(content, dict):
            return
        if content.get("ready"):
            self._heard("ready", None, None)
            self.show(self._last)
        elif isinstance(content.get("do"), str):
            self._heard(content["do"], content.get("value"), content.get("number"))
