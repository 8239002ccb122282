"""Writing that never keeps anybody waiting: tried in a thread of its own until it is done."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable

from coursekit.store.errors import StoreError, why

PATIENCE = 0.2
"""Seconds that whoever asks waits for the writing: it is nearly always done before."""

AGAIN = 1.0
"""Seconds after which what failed is tried again."""

LAST = 3.0
"""Seconds for what still waits when Python ends: a kernel that is restarted is killed after 5."""

BUSY = "the database is busy"


class Later:
    """Has things written, in a thread that is there only as long as something waits.

    Args:
        write: Writes all that waits, or raises and leaves all as it was.
        changed: Called when `why` has become another without `ask`, by the thread that writes.

    Attributes:
        why: Why something waits, in words that follow a "because"; "" where all is written, or
            where that was asked for just now.
    """

    def __init__(self, write: Callable[[], object], changed: Callable[[], object]) -> None:
        self._write, self._changed = write, changed
        self._state = threading.Condition()
        self._asked = self._written = self._nudges = 0
        self._thread: threading.Thread | None = None
        self.why = ""
        _all.add(self)

    @property
    def waits(self) -> bool:
        """Whether something is not written yet."""
        return self._written < self._asked

    def ask(self) -> None:
        """Has all written that waits; is back when that is done, or after `PATIENCE` seconds.

        Where it is known that this takes longer, it is back at once.
        """
        with self._state:
            self._asked += 1
            mine = self._asked
            self._nudge()
            if self.why:
                return
            self._state.wait_for(lambda: self._written >= mine or bool(self.why), PATIENCE)
            if self._written < mine and not self.why:
                self.why = BUSY

    def again(self, seconds: float) -> bool:
        """Tries again now; whether all is written then, after so many seconds at most."""
        with self._state:
            if self.waits:
                self._nudge()
            return self._state.wait_for(lambda: not self.waits, seconds)

    def _nudge(self) -> None:
        self._nudges += 1
        self._state.notify_all()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="keeping", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._state:
                if not self.waits:
                    self._thread = None
                    return
                taken, nudges = self._asked, self._nudges
            if not self._tried(taken):
                self._pause(nudges)

    def _pause(self, seen: int) -> None:
        """Waits before it is tried again, until somebody asks."""
        with self._state:
            self._state.wait_for(lambda: self._nudges > seen, AGAIN)

    def _tried(self, taken: int) -> bool:
        """Tries to write what was asked for so far."""
        reason = attempt(self._write)
        with self._state:
            before = self.why
            if not reason:
                self._written = taken
            self.why = reason or (before if self.waits else "")
            changed = self.why != before
            self._state.notify_all()
        if changed:
            self._changed()
        return not reason


def attempt(write: Callable[[], object]) -> str:
    """Why it can't be written; "" where it was."""
    try:
        write()
    except StoreError as error:
        return error.why
    except Exception as error:  # noqa: BLE001 - in a thread of its own nobody else would see it
        return why(error)
    return ""


_all: weakref.WeakSet[Later] = weakref.WeakSet()


@atexit.register
def last_try() -> None:
    """Tries once more to write what waits anywhere, when Python ends."""
    end = time.monotonic() + LAST
    for it in [it for it in _all if it.waits]:
        it.again(max(0.1, end - time.monotonic()))
