"""The stretches of time that this machine was on: what no process saw of it is not counted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from coursekit.core.errors import CourseError

GAP = timedelta(seconds=150)
"""Longer than this between two looks, and the machine may have slept."""

EVERY = timedelta(seconds=60)
"""How often it is written down."""


class Stretches:
    """What one process saw: one stretch of time after the other.

    Args:
        keep: Writes a stretch, given when it began and ended; it may overlap with what other
            processes, or this one, wrote. Raises a `CourseError` where it can't.
    """

    def __init__(self, keep: Callable[[datetime, datetime], object]) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._began: datetime | None = None
        self._ended: datetime | None = None
        self._kept: datetime | None = None

    def touch(self, now: datetime) -> None:
        """Notes that the machine is on; as often as one likes, at least once in two minutes.

        It is written once a minute; what can't be written goes with the next. While another
        thread writes, nothing is noted.
        """
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._touch(now)
        finally:
            self._lock.release()

    def _touch(self, now: datetime) -> None:
        if self._ended is None or not timedelta(0) <= now - self._ended <= GAP:
            self._write()
            self._began = self._ended = self._kept = now
            return
        self._ended = now
        if self._kept is None or now - self._kept >= EVERY:
            self._write()

    def _write(self) -> None:
        """Writes the stretch as it is now, unless nothing of it is new."""
        if self._began is None or self._ended is None or self._ended == self._kept:
            return
        try:
            self._keep(self._began, self._ended)
        except CourseError:
            self._kept = None
        else:
            self._kept = self._ended
