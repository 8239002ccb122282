"""A countdown that the page itself counts, so that no second is a message."""

from __future__ import annotations

import time
from pathlib import Path

import anywidget
from traitlets import Float

from coursekit.panels.frame import joined

COUNTDOWN = Path(__file__).with_name("countdown.js")
"""What the scripts of widgets that count begin with."""


def left(ends: float, _: object) -> float | None:
    """What the page is sent for `ends`: the seconds that are left now, for its clock may be wrong.

    None where there is no countdown.
    """
    return max(0.0, ends - time.monotonic()) if ends else None


class Counter(anywidget.AnyWidget):
    """The time that is left.

    Attributes:
        ends: Until then, on `time.monotonic`'s clock; 0: nothing is shown.
    """

    _esm = joined(COUNTDOWN, Path(__file__).with_suffix(".js"))
    ends = Float(0.0).tag(sync=True, to_json=left)
