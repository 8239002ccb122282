"""The reminder as panels show it: a banner, the tab's title, a notice, a question on leaving."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Bool, Float, Unicode, dlink
from traitlets import Tuple as TupleTrait

from coursekit.panels.frame import joined
from coursekit.panels.linked import Linked
from coursekit.panels.reminder.counter import COUNTDOWN, left
from coursekit.panels.reminder.model import ReminderModel
from coursekit.panels.working import Worker, once

SHOWN = ("stage", "said", "still", "asks", "leave", "warning", "helps", "deed", "ends", "alarm")


class Banner(Linked, anywidget.AnyWidget):
    """Nothing is seen of it until the reminder has something to say that concerns every panel.

    Args:
        model: Of the whole process; closing the banner lets go of it.
    """

    _esm = joined(COUNTDOWN, Path(__file__).with_suffix(".js"))
    stage = Unicode().tag(sync=True)
    said = Unicode().tag(sync=True)
    still = TupleTrait().tag(sync=True)
    asks = Bool(False).tag(sync=True)
    leave = Unicode().tag(sync=True)
    warning = Unicode().tag(sync=True)
    helps = Unicode().tag(sync=True)
    deed = Unicode().tag(sync=True)
    ends = Float(0.0).tag(sync=True, to_json=left)
    alarm = Unicode().tag(sync=True)

    def __init__(self, model: ReminderModel) -> None:
        super().__init__()
        self._model, worker = model, Worker()
        self._switch_off = once(worker, model.switch_off)
        self.links = tuple(dlink((model, name), (self, name)) for name in SHOWN)
        self.on_msg(self._hear)

    def _hear(self, _: object, content: dict[str, Any], __: object) -> None:
        now = time.monotonic()
        if content.get("pressed") == "here":
            self._model.still_here()
        elif content.get("pressed") == "later":
            self._model.later(now)
        elif content.get("pressed") == "off":
            self._switch_off()
        elif content.get("pressed") == "shut down":
            self._model.shut_down(now)
