"""A countdown that the page itself counts, so that no second is a message."""

from __future__ import annotations

from pathlib import Path

import anywidget
from traitlets import Float

from coursekit.panels.frame import joined

COUNTDOWN = Path(__file__).with_name("countdown.js")
"""What the scripts of widgets that count begin with."""


class Counter(anywidget.AnyWidget):
    """The time that is left.

    Attributes:
        ends: Until then, in seconds since 1970; 0: nothing is shown.
    """

    _esm = joined(COUNTDOWN, Path(__file__).with_suffix(".js"))
    ends = Float(0.0).tag(sync=True)
