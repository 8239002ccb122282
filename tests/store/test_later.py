"""Writing that keeps nobody waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from coursekit.store import later
from coursekit.store.errors import CannotWrite
from coursekit.store.later import BUSY, Later


class Paper:
    """Is written on, unless it can't be or takes its time; notes what `later` said of that."""

    def __init__(self) -> None:
        self.fails = ""
        self.free = threading.Event()
        self.free.set()
        self.written = 0
        self.said: list[str] = []
        self.later = Later(self.write, lambda: self.said.append(self.later.why))

    def write(self) -> None:
        self.free.wait(60)
        if self.fails:
            raise CannotWrite(self.fails)
        self.written += 1


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Whoever asks is patient: on a busy machine also what is quick takes its time."""
    monkeypatch.setattr(later, "AGAIN", 0.05)
    monkeypatch.setattr(later, "PATIENCE", 30.0)
    return Paper()


@pytest.fixture
def held(paper: Paper, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """Takes its time, and is asked by somebody with less patience."""
    monkeypatch.setattr(later, "PATIENCE", 0.2)
    paper.free.clear()
    return paper


def seconds(do: Callable[[], object]) -> float:
    began = time.monotonic()
    do()
    return time.monotonic() - began


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.005)


def test_what_is_quick_is_done_when_ask_is_back(paper: Paper) -> None:
    assert seconds(paper.later.ask) < 15
    assert (paper.written, paper.later.why, paper.later.waits) == (1, "", False)
    assert paper.said == []


def test_what_is_slow_is_said_to_wait_and_told_when_done(
    held: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 0.2 <= seconds(held.later.ask) < 15
    assert held.later.why == BUSY
    monkeypatch.setattr(later, "PATIENCE", 30.0)
    assert seconds(held.later.ask) < 15  # it is known already
    held.free.set()
    until(lambda: not held.later.waits)
    until(lambda: held.said != [])
    assert held.later.why == held.said[-1] == ""


def test_what_fails_is_tried_again_though_nobody_asks(paper: Paper) -> None:
    paper.fails = "the disk is full"
    paper.later.ask()
    assert paper.later.why == "the disk is full"
    paper.fails = ""
    until(lambda: paper.said[-1:] == [""])
    assert paper.written == 1
    assert not any(it.name == "keeping" and it.is_alive() for it in threading.enumerate())


def test_what_comes_while_something_is_written_is_not_taken_for_written(held: Paper) -> None:
    held.later.ask()
    held.later.ask()
    held.free.set()
    until(lambda: not held.later.waits)
    assert held.written == 2


def test_an_error_that_nobody_expected_is_a_reason_too(paper: Paper) -> None:
    paper.free = None  # type: ignore[assignment]
    paper.later.ask()
    assert "has no attribute 'wait'" in paper.later.why
    paper.free = threading.Event()
    paper.free.set()
    assert paper.later.again(60)


def test_again_says_whether_all_is_written(paper: Paper) -> None:
    assert paper.later.again(0)
    paper.fails = "the disk is full"
    paper.later.ask()
    assert not paper.later.again(0.01)
    paper.fails = ""
    later.last_try()
    assert not paper.later.waits
