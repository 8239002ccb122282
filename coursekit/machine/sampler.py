"""One thread that reads the machine once a second, for all who look at it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType

from coursekit.machine.reader import status
from coursekit.machine.readings import Reading

EVERY = 1.0
"""Seconds between two readings."""

KEPT = 600
"""Readings that are kept: ten minutes of them."""

Listener = Callable[[Reading], object]


class Sampler:
    """Reads while somebody is subscribed, and keeps the last ten minutes.

    Args:
        read: Makes a reading.
        every: Seconds from one to the next.
    """

    def __init__(self, read: Callable[[], Reading] = status, every: float = EVERY) -> None:
        self._read = read
        self._every = every
        self._lock = threading.Lock()
        self._kept: deque[Reading] = deque(maxlen=KEPT)
        self._subscriptions: tuple[Subscription, ...] = ()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._failing: set[type[Exception]] = set()

    def subscribe(self, listener: Listener) -> Subscription:
        """Calls `listener` with each reading, in the sampler's thread, until it is closed."""
        subscription = Subscription(self, listener)
        with self._lock:
            self._subscriptions += (subscription,)
            if self._thread is None or not self._thread.is_alive():
                self._start()
        return subscription

    def history(self) -> tuple[Reading, ...]:
        """The readings of the last ten minutes in which somebody was subscribed, oldest first."""
        with self._lock:
            return tuple(self._kept)

    def latest(self, within: float) -> Reading:
        """The last reading, or one made now where that is older than `within` seconds.

        Raises:
            Exception: Whatever a reading that fails raises.
        """
        with self._lock:
            last = self._kept[-1] if self._kept else None
        if last is not None and time.monotonic() - last.clock <= within:
            return last
        return self._read()

    def end(self, subscription: Subscription) -> None:
        """Ends a subscription; with the last one the thread ends."""
        with self._lock:
            self._subscriptions = tuple(it for it in self._subscriptions if it is not subscription)
            if not self._subscriptions:
                self._stop.set()
                self._thread = None

    def _start(self) -> None:
        oldest = time.monotonic() - KEPT * self._every
        while self._kept and self._kept[0].clock < oldest:
            self._kept.popleft()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._work, args=(self._stop,), name="coursekit-sampler", daemon=True
        )
        self._thread.start()

    def _work(self, stop: threading.Event) -> None:
        due = time.monotonic()
        while not stop.is_set():
            self._sample(stop)
            # after a pause, such as a suspended machine's, it goes on and does not catch up
            due = max(due + self._every, time.monotonic())
            stop.wait(due - time.monotonic())

    def _sample(self, stop: threading.Event) -> None:
        try:
            reading = self._read()
        except Exception as error:  # noqa: BLE001 - one that fails must not end all readings
            self._say_once(error)
            return
        self._failing.clear()
        with self._lock:
            if stop.is_set():  # what it read belongs to the thread that came after
                return
            self._kept.append(reading)
            subscriptions = self._subscriptions
        for subscription in subscriptions:
            subscription.tell(reading)

    def _say_once(self, error: Exception) -> None:
        """Logs a failure, once for each kind of it until a reading works again."""
        if type(error) not in self._failing:
            self._failing.add(type(error))
            logging.getLogger(__name__).exception("The machine could not be read.")


class Subscription:
    """What `Sampler.subscribe` gives: close it, or use it in a `with`."""

    def __init__(self, sampler: Sampler, listener: Listener) -> None:
        self._sampler = sampler
        self._listener = listener
        self._failed = False

    def tell(self, reading: Reading) -> None:
        """Passes a reading on; one listener's error is not another's, and is logged once."""
        try:
            self._listener(reading)
        except Exception:  # whatever a panel does wrong, the others go on
            if not self._failed:
                logging.getLogger(__name__).exception(
                    "A listener of the machine's readings failed."
                )
            self._failed = True

    def close(self) -> None:
        """Ends it; once more does nothing."""
        self._sampler.end(self)

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


sampler = Sampler()
"""The one that all panels of a process share."""
