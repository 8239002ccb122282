"""The widget that asks a question: all that is clicked and typed goes to Python as a message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Any as AnyTrait
from traitlets import Unicode

from coursekit.panels.frame import EXERCISE, joined

KINDS = Path(__file__).with_name("kinds.js")


class Asked(anywidget.AnyWidget):
    """One question with its buttons, and the list of all.

    Args:
        heard: Called with what was done, `answer` say, its value, and the question's id.

    Attributes:
        shown: The question, see `quiz.showing.shown`.
        rows: See `quiz.showing.overview`.
        said: What the last answer came to.
    """

    _esm = joined(KINDS, Path(__file__).with_suffix(".js"))
    _css = joined(EXERCISE, Path(__file__).with_suffix(".css"))
    shown: Any = AnyTrait(None).tag(sync=True)
    rows: Any = AnyTrait(()).tag(sync=True)
    said = Unicode().tag(sync=True)

    def __init__(self, heard: Callable[[str, Any, str], object], **traits: Any) -> None:
        super().__init__(**traits)
        self._heard = heard
        self.on_msg(self._hear)

    def _hear(self, _: object, content: Any, __: object) -> None:
        if isinstance(content, dict) and isinstance(content.get("do"), str):
            self._heard(content["do"], content.get("value"), str(content.get("id", "")))
