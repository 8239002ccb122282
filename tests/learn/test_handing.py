from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from support_runs import PATIENCE, Gate, uninterrupted, wait_for

from coursekit.core import handing
from coursekit.learn import checkpoint
from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner

Make = Callable[..., Learner]


class Slow(Callback):
    def after_step(self, learn: Learner) -> None:
        time.sleep(0.02)


def until(there: Callable[[], object]) -> None:
    """Waits for something."""
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)


def when_written(run: object) -> int:
    return (run.folder / checkpoint.LAST).stat().st_mtime_ns  # type: ignore[attr-defined]


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


@pytest.mark.parametrize("training", [True, False])
def test_a_run_writes_a_checkpoint_where_another_process_wants_one(
    classifier: Make, training: bool
) -> None:
    expected = uninterrupted(classifier, "fit", 3)
    gate, learn = Gate(1, 1, training), classifier()
    run = learn.start("fit", 3, cbs=[gate])
    assert gate.reached.wait(PATIENCE)
    before = when_written(run)
    handing.want_checkpoint(run.folder)
    time.sleep(0.3)  # longer than it takes to look again
    gate.open.set()
    until(lambda: not handing.wants_checkpoint(run.folder))
    assert when_written(run) > before
    assert run.wait(PATIENCE).state == "finished"
    assert run.history.losses == expected


def test_a_paused_run_says_that_it_waits_and_writes_a_checkpoint(classifier: Make) -> None:
    run = classifier().start("fit", 20, cbs=[Slow()])
    run.step()
    assert handing.is_waiting(run.folder)
    assert handing.all_at_work() == [run.folder]
    before = when_written(run)
    handing.want_checkpoint(run.folder)
    until(lambda: not handing.wants_checkpoint(run.folder))
    assert when_written(run) > before
    run.resume()
    wait_for(run, "training")
    assert not handing.is_waiting(run.folder)
    run.stop()
    assert handing.all_at_work() == []


def test_a_run_that_waits_before_its_first_batch_has_nothing_to_write(classifier: Make) -> None:
    run = classifier().start("fit", 1, paused=True)
    wait_for(run, "paused")
    handing.want_checkpoint(run.folder)
    until(lambda: not handing.wants_checkpoint(run.folder))
    run.stop()
