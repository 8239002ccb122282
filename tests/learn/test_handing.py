from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support_runs import PATIENCE, Gate, uninterrupted

from coursekit.learn import handing
from coursekit.learn.events import Callback
from coursekit.learn.handing import AtWork, at_work, is_at_work, take_over
from coursekit.learn.learner import Learner

Make = Callable[..., Learner]


class Slow(Callback):
    def after_step(self, learn: Learner) -> None:
        time.sleep(0.02)


def test_a_folder_is_at_work_while_the_block_lasts(tmp_path: Path) -> None:
    assert not is_at_work(tmp_path)
    with at_work(tmp_path):
        assert is_at_work(tmp_path)
        with pytest.raises(AtWork, match="Another notebook or page"), at_work(tmp_path):
            pass
    assert not is_at_work(tmp_path)


def test_a_glance_at_whether_it_is_at_work_fails_no_run_that_begins(tmp_path: Path) -> None:
    glance = handing._lock(tmp_path)
    glance.acquire()
    threading.Timer(0.1, glance.release).start()
    with at_work(tmp_path):
        assert is_at_work(tmp_path)


def test_whoever_does_not_let_go_is_named_and_no_request_is_left(tmp_path: Path) -> None:
    with at_work(tmp_path):
        with pytest.raises(AtWork, match="does not let go"):
            take_over(tmp_path, patience=0.1)
        assert not handing.asked_for(tmp_path)


def test_a_request_is_waited_for_until_the_other_has_ended(tmp_path: Path) -> None:
    def work() -> None:
        with at_work(tmp_path):
            held.set()
            while not handing.asked_for(tmp_path):
                time.sleep(0.01)

    held = threading.Event()
    thread = threading.Thread(target=work)
    thread.start()
    assert held.wait(PATIENCE)
    take_over(tmp_path)
    thread.join(PATIENCE)
    assert not is_at_work(tmp_path)


def test_a_live_run_is_taken_over_and_no_step_is_lost(classifier: Make) -> None:
    expected = uninterrupted(classifier, "fit_one_cycle", 20)
    gate, other = Gate(1, 3), classifier()  # made first: it sets the dice that both share
    first = classifier().start("fit_one_cycle", 20, cbs=[gate, Slow()])
    assert gate.reached.wait(PATIENCE)
    gate.open.set()
    with pytest.warns(UserWarning, match="callbacks"):
        second = other.resume_from(first.folder)
    assert first.wait(PATIENCE).state == "stopped"
    assert second.wait(PATIENCE).state == "finished"
    assert second.history.losses == expected
    assert 9 <= len(first.history) < len(expected)
