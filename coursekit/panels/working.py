"""A panel's long work: in a thread of its own, said while it lasts, its errors in a sentence."""

from __future__ import annotations

import atexit
import queue
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from traitlets import HasTraits, Unicode

from coursekit.core.errors import sentence

Job = Callable[[], object]


class PanelModel(HasTraits):
    """What every panel's model has.

    Attributes:
        busy: What is being done now, "" when nothing is.
        message: What went wrong last, one or two sentences; "" after the next success.
    """

    busy = Unicode()
    message = Unicode()

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Sets `busy` while the block runs; an error ends the block and becomes `message`."""
        self.busy, self.message = what, ""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - in a worker thread nobody else would see it
            self.message = sentence(error)
        finally:
            self.busy = ""


class Worker:
    """Runs a panel's jobs one after the other, in the order they came, off the calling thread.

    Where Python ends meanwhile, `stop` is called and the present job gets some seconds to end: a
    thread that holds tensors when Python ends would abort it.

    Args:
        stop: Asks the present job to end soon.
    """

    def __init__(self, stop: Callable[[], object] = lambda: None) -> None:
        self._stop = stop
        _workers.add(self)
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def do(self, job: Job) -> None:
        """Takes the job on and is back at once. The job deals with its own errors."""
        self._jobs.put(job)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="panel", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Waits until all jobs that were taken on so far are done."""
        done = threading.Event()
        self.do(done.set)
        done.wait()

    def end(self) -> None:
        """Stops the present job, and forgets those that wait; waits for it, but not for ever."""
        if self._thread is None or not self._thread.is_alive():
            return
        while not self._jobs.empty():
            self._jobs.get()
        self._stop()
        ended = threading.Event()
        self.do(ended.set)
        ended.wait(LAST_SECONDS)

    def _run(self) -> None:
        while True:
            self._jobs.get()()


LAST_SECONDS = 20
_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


@atexit.register
def end_all() -> None:
    """Has all workers end in order, when Python does."""
    for worker in list(_workers):
        worker.end()


def once(worker: Worker, job: Callable[[], object]) -> Callable[[], None]:
    """A click that has the job done, unless the one before still waits for it."""
    waiting = threading.Event()

    def do() -> None:
        waiting.clear()
        job()

    def click() -> None:
        if not waiting.is_set():
            waiting.set()
            worker.do(do)

    return click
