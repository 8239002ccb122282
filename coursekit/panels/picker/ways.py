"""Which of several parts of a panel is shown: radio buttons in a row, one group by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
from traitlets import List, Unicode


class Ways(anywidget.AnyWidget):
    """Radio buttons; `value` is the one that is chosen.

    Args:
        label: What is chosen.
        options: The words of each; the first is chosen at the beginning.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    label = Unicode().tag(sync=True)
    options: Any = List().tag(sync=True)
    value = Unicode().tag(sync=True)

    def __init__(self, label: str, options: list[str]) -> None:
        super().__init__(label=label, options=options, value=options[0])
