from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from support_runs import PATIENCE, Gate, uninterrupted, wait_for

from coursekit.core import handing
from coursekit.learn import checkpoint
from coursekit.learn import watch as watching
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


def test_a_paused_run_says_that_it_waits_and_has_written_its_checkpoint(classifier: Make) -> None:
    run = classifier().start("fit", 20, cbs=[Slow()])
    run.step()
    assert handing.is_waiting(run.folder)
    assert handing.listed().runs == [run.folder]
    before = when_written(run)
    handing.want_checkpoint(run.folder)
    until(lambda: not handing.wants_checkpoint(run.folder))
    assert when_written(run) == before  # on pausing: nothing was trained since
    run.resume()
    wait_for(run, "training")
    assert not handing.is_waiting(run.folder)
    run.stop()
    assert handing.listed().runs == []


def test_a_run_that_waits_before_its_first_batch_has_nothing_to_write(classifier: Make) -> None:
    run = classifier().start("fit", 1, paused=True)
    wait_for(run, "paused")
    handing.want_checkpoint(run.folder)
    until(lambda: not handing.wants_checkpoint(run.folder))
    run.stop()


def test_a_checkpoint_that_could_not_be_written_is_not_reported_as_written(
    classifier: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "AGAIN", 0.0)
    learn, full = classifier(), threading.Event()
    write, tries = checkpoint.save, []

    def save(*args: Any) -> None:
        if full.is_set():
            tries.append(args)
            raise OSError(errno.ENOSPC, "No space left on device")
        write(*args)

    monkeypatch.setattr(checkpoint, "save", save)
    run = learn.start("fit", 400, cbs=[Slow()])
    wait_for(run, "training")
    full.set()
    handing.want_checkpoint(run.folder)
    until(lambda: len(tries) > 1)  # it goes on trying as long as it is wanted
    assert handing.wants_checkpoint(run.folder)
    run.pause()
    wait_for(run, "paused")
    before = len(tries)
    until(lambda: len(tries) > before + 1)
    assert handing.wants_checkpoint(run.folder)
    full.clear()
    until(lambda: not handing.wants_checkpoint(run.folder))
    assert run.progress.warning == ""
    run.stop()


def test_a_paused_run_that_writes_to_a_slow_disk_still_takes_orders(
    classifier: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "AGAIN", 0.0)
    learn, write, reached, goes_on = (
        classifier(), checkpoint.save, threading.Event(), threading.Event(),
    )  # fmt: skip

    def slow(*args: Any) -> None:
        if not handing.wants_checkpoint(run.folder):
            raise OSError(errno.EIO, "Input/output error")  # so that one is lacking in the pause
        reached.set()
        goes_on.wait(PATIENCE)
        write(*args)

    run = learn.start("fit", 20, cbs=[Slow()])
    wait_for(run, "training")
    monkeypatch.setattr(checkpoint, "save", slow)
    run.step()
    handing.want_checkpoint(run.folder)
    assert reached.wait(PATIENCE)
    orders = threading.Thread(target=lambda: (run.go_at(5), run.stop(wait=False)))
    orders.start()
    orders.join(2)
    late = orders.is_alive()
    goes_on.set()
    assert not late
    assert run.wait(PATIENCE).state == "stopped"
