from __future__ import annotations

import threading
import time
import weakref
from concurrent.futures import CancelledError
from typing import Any

import pytest

from coursekit.panels import working
from coursekit.panels.working import Worker


def test_jobs_are_done_in_order_and_their_results_are_there_later() -> None:
    worker, done = Worker(), []
    results = [worker.do(lambda at=at: done.append(at) or at) for at in range(20)]
    assert [it.result(10) for it in results] == done == list(range(20))


@pytest.mark.parametrize("kind", [ValueError, SystemExit])
def test_a_job_that_raises_is_shown_and_the_next_is_done(
    kind: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise kind("too bad")

    shown: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", shown.append)
    worker = Worker()
    failed, thread = worker.do(fail), worker.do(threading.current_thread)
    with pytest.raises(kind, match="too bad"):
        failed.result(10)
    assert thread.result(10) is worker.do(threading.current_thread).result(10)
    assert [it.exc_type for it in shown] == [kind]


def test_at_the_end_the_present_job_is_stopped_and_those_that_wait_are_cancelled() -> None:
    begun, stop = threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        return "stopped" if stop.wait(10) else "went on"

    worker, done = Worker(stop.set), []
    present, *waiting = worker.do(work), *[worker.do(lambda: done.append(1)) for _ in range(3)]
    assert begun.wait(10)
    worker.end()
    assert present.result(0) == "stopped"
    assert [it.cancelled() for it in waiting] == [True] * 3
    with pytest.raises(CancelledError):
        waiting[0].result(10)
    assert done == []
    assert worker.do(lambda: "still here").result(10) == "still here"


def test_a_job_that_is_cancelled_before_its_turn_is_passed_over() -> None:
    go_on, worker, done = threading.Event(), Worker(), []
    worker.do(lambda: go_on.wait(10))
    waiting = worker.do(lambda: done.append(1))
    assert waiting.cancel()
    go_on.set()
    worker.wait()
    assert done == []


def test_a_worker_at_rest_holds_nothing_of_its_last_job() -> None:
    class Picture:
        """Stands for what takes memory."""

    worker, picture = Worker(), Picture()
    gone = weakref.ref(picture)
    worker.do(lambda picture=picture: picture).result(10)
    worker.wait()
    del picture
    assert gone() is None


def test_to_wait_for_a_worker_that_ends_is_no_error() -> None:
    go_on = threading.Event()
    worker = Worker(go_on.set)
    worker.do(lambda: go_on.wait(10))
    waiter = threading.Thread(target=worker.wait)
    waiter.start()
    worker.end()
    waiter.join(10)
    assert not waiter.is_alive()


def test_a_worker_without_jobs_keeps_no_thread_and_the_next_job_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(working, "REST", 0.05)
    worker = Worker()
    first = worker.do(threading.current_thread).result(10)
    first.join(10)
    assert not first.is_alive()
    assert worker.do(threading.current_thread).result(10) is not first
    worker.end()


def test_no_job_is_lost_that_comes_as_the_thread_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "REST", 0.001)
    worker = Worker()
    for at in range(500):
        assert worker.do(lambda at=at: at).result(10) == at
        time.sleep(0.001)
