"""A panel's long work: in a thread of its own, said while it lasts, its errors in a sentence."""

from __future__ import annotations

import atexit
import queue
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from traitlets import HasTraits, Unicode

from coursekit.core.errors import sentence

Result = TypeVar("Result")


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

    Its thread ends once there was nothing to do for a few seconds; the next job starts another.

    Where Python ends meanwhile, `stop` is called and the present job gets some seconds to end: a
    thread that holds tensors when Python ends would abort it.

    Args:
        stop: Asks the present job to end soon.
    """

    def __init__(self, stop: Callable[[], object] = lambda: None) -> None:
        self._stop = stop
        _workers.add(self)
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()  # or a job could come while the thread makes up its mind

    def do(self, job: Callable[[], Result]) -> Future[Result]:
        """Takes the job on and is back at once.

        Returns:
            What the job will give back, or raise; cancelled where `end` comes first. The job deals
            with the errors that it expects: one that it raises is shown as any thread's.
        """
        done: Future[Result] = Future()
        with self._lock:
            self._jobs.put((job, done))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="panel", daemon=True)
                self._thread.start()
        return done

    def wait(self) -> None:
        """Waits until all jobs that were taken on so far are done."""
        wait([self.do(lambda: None)])

    def end(self) -> None:
        """Stops the present job, and forgets those that wait; waits for it, but not for ever."""
        thread = self._thread
        if thread is None or not thread.is_alive():
            return
        with suppress(queue.Empty):
            while True:
                _, waiting = self._jobs.get_nowait()
                waiting.cancel()
                waiting.set_running_or_notify_cancel()  # only then does `wait` hear of it
        self._stop()
        wait([self.do(lambda: None)], LAST_SECONDS)

    def _run(self) -> None:
        while True:
            try:
                run(*self._jobs.get(timeout=REST))
            except queue.Empty:
                with self._lock:
                    if self._jobs.empty():
                        self._thread = None  # from now on `do` starts another
                        return


def run(job: Callable[[], Result], done: Future[Result]) -> None:
    """Does a job, unless `done` was cancelled; an error is kept there, and shown."""
    if not done.set_running_or_notify_cancel():
        return
    try:
        result = job()
    except BaseException as error:  # noqa: BLE001 - nobody may ever ask `done`
        done.set_exception(error)
        shown = type(error), error, error.__traceback__, threading.current_thread()
        threading.excepthook(threading.ExceptHookArgs(shown))
    else:
        done.set_result(result)


LAST_SECONDS = 20
REST = 5.0
"""Seconds without a job after which a worker's thread ends."""

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
