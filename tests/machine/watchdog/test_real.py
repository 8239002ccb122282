"""The watchdog's own process, with real Jupyter servers, kernels and trainings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from safetensors import safe_open
from support_jupyter import Jupyter, jupyter, until
from support_kernel import kernel
from support_watchdog import disarm, lives, sees_only_the_test

from coursekit.core.errors import CourseError
from coursekit.machine import watchdog
from coursekit.machine.watchdog import log

pytestmark = pytest.mark.slow

LATE = 15.0
"""Seconds after its time within which it acts; on a free machine 5, which others measure."""

TRAINING = """
import time, torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner

class Slow(Callback):
    def after_step(self, learn):
        time.sleep(0.05)

data = DataLoader(TensorDataset(torch.randn(9999, 4), torch.zeros(9999, dtype=torch.long)), 1)
run = Learner((data, data), nn.Linear(4, 2), nn.CrossEntropyLoss(), cbs=Slow()).start("fit", 1)
while len(run.history) < 3:
    time.sleep(0.01)
print(run.folder, flush=True)
run.wait()
"""


@pytest.fixture(autouse=True)
def _own_folders(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    sees_only_the_test(monkeypatch, tmp_path)
    yield
    disarm()


@pytest.fixture
def done(home: Path) -> Path:
    """Where the command writes when it ran."""
    return home / "done"


def noting(done: Path) -> str:
    return f"date +%s.%N > '{done}.new' && mv '{done}.new' '{done}'"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Jupyter]:
    with jupyter(tmp_path) as it:
        yield it


def test_a_busy_kernel_is_waited_for_and_an_idle_one_is_not(server: Jupyter, done: Path) -> None:
    server.start_kernel()
    with server.speak(server.start_kernel()) as front:
        front.run("import time")
        cell = front.send("time.sleep(22); print(time.time())")
        watchdog.arm(6, noting(done))
        until(lambda: front.printed(cell) or front._listen(0.1), "the cell's end")
        ended = float(front.printed(cell))
        assert not done.exists()
    until(done.exists, "the command")
    assert 6 <= float(done.read_text()) - ended < 6 + LATE
    assert "the last was a cell" in log.path().read_text()


def test_a_cell_of_a_kernel_without_a_server_is_waited_for(done: Path) -> None:
    with kernel(dict(os.environ)) as front:
        front.run("import coursekit, time; display(coursekit.ImageClassifier())")
        cell = front.send("time.sleep(22); print(time.time())")
        watchdog.arm(6, noting(done))
        front.wait(lambda: front.printed(cell), "the cell's end")
        ended = float(front.printed(cell))
        assert not done.exists()
        assert watchdog.state().sign in ("a cell", "a cell or a click in a notebook")
        until(done.exists, "the command")
    assert 6 <= float(done.read_text()) - ended < 6 + LATE


CHATTER = """
import coursekit, threading, time
from ipywidgets import IntText

display(coursekit.ImageClassifier())
number = IntText()

def chatter():
    while True:
        number.value += 1
        time.sleep(0.5)

threading.Thread(target=chatter, daemon=True).start()
"""


def test_a_panel_that_shows_something_new_all_the_time_is_nobody(
    server: Jupyter, done: Path
) -> None:
    kernel = server.start_kernel()
    with server.speak(kernel) as front:
        front.run(CHATTER)
    before = server.kernels()[kernel]["last_activity"]
    watchdog.arm(6, noting(done))
    until(done.exists, "the command", 6 + 2 * LATE)
    assert server.kernels()[kernel]["last_activity"] > before


def test_its_questions_are_no_activity_on_the_server(server: Jupyter) -> None:
    before = server.ask("GET", "api/status")["last_activity"]
    watchdog.arm(3600, "true")
    time.sleep(6)
    assert server.ask("GET", "api/status")["last_activity"] == before


def test_a_server_that_does_not_answer_is_waited_for(server: Jupyter, done: Path) -> None:
    watchdog.arm(5, noting(done))
    server.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: watchdog.state().unknown, "its silence")
        time.sleep(12)
        assert watchdog.state().phase == "guarding"
        assert "does not answer. So it does not act." in log.path().read_text()
        assert not done.exists()
    finally:
        server.process.send_signal(signal.SIGCONT)
    until(done.exists, "the command")


def test_it_outlives_the_kernel_that_armed_it_and_the_server(tmp_path: Path, done: Path) -> None:
    with jupyter(tmp_path) as server, server.speak(server.start_kernel()) as front:
        front.run("from coursekit.machine import watchdog")
        front.run(f"watchdog.arm(8, {noting(done)!r})")
        process = psutil.Process(watchdog.state().pid)
        kernel = int(front.run("import os; print(os.getpid())"))
        assert kernel not in [it.pid for it in process.parents()]
        assert os.getsid(process.pid) != os.getsid(kernel)
        process.suspend()  # or it might act while a slow machine ends Jupyter
    ended = time.time()
    process.resume()
    until(done.exists, "the command")
    assert 8 <= float(done.read_text()) - ended < 8 + LATE
    assert "the last was the end of Jupyter at" in log.path().read_text()


def test_one_that_is_killed_does_not_guard_and_is_armed_again(done: Path) -> None:
    armed = watchdog.arm(3600, noting(done))
    assert watchdog.state().guarded
    with pytest.raises(CourseError, match="A watchdog is armed already: after 1 h without"):
        watchdog.arm(5, noting(done))
    os.kill(armed.pid, signal.SIGKILL)
    until(lambda: not watchdog.state().guarded, "the kill")
    assert watchdog.sentence(watchdog.state()).startswith("Not guarded. It was ended from outside")
    again = watchdog.arm(4, noting(done))
    assert again.id != armed.id
    until(done.exists, "the command")


def test_of_one_that_is_held_nobody_knows_how_it_stands_while_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("coursekit.machine.watchdog.standing.SILENT", 6.0)
    pid = watchdog.arm(3600, "true").pid
    os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: watchdog.state().phase == "silent", "that it is silent")
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: watchdog.state().phase == "guarding", "that it goes on")


def test_it_is_switched_off(done: Path) -> None:
    pid = watchdog.arm(60, noting(done)).pid
    assert watchdog.off()
    until(lambda: not lives(pid), "its end")
    assert watchdog.state().phase == "off"
    assert not watchdog.off()
    assert not done.exists()
    assert log.last(1)[0].endswith("Switched off.")


def test_of_two_that_are_armed_at_once_one_watches() -> None:
    code = "from coursekit.machine import watchdog; print(watchdog.arm(3600, 'true').id)"
    command = [sys.executable, "-c", code]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(command, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    said = [it.communicate(timeout=90) for it in both]
    ids = {out.strip() for out, _ in said} - {""}
    assert ids == {watchdog.state().id}
    assert "AlreadyArmed: A watchdog is armed already" in "".join(errors for _, errors in said)


def test_a_training_is_never_idle_and_writes_a_checkpoint_before_the_latest_moment(
    done: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", TRAINING], stdout=subprocess.PIPE, text=True
    ) as training:
        folder = Path(training.stdout.readline().strip())
        assert steps(folder) == 0
        watchdog.arm(4, f"kill -9 {training.pid}; {noting(done)}", most=20)
        time.sleep(9)
        assert watchdog.state().phase in ("guarding", "countdown")
        assert not done.exists()
        until(done.exists, "the command")
        assert training.wait(30) == -signal.SIGKILL
    assert steps(folder) > 3
    assert "1 training asked for a checkpoint." in log.path().read_text()


def steps(folder: Path) -> int:
    """How many steps are in a run's checkpoint."""
    with safe_open(folder / "last.safetensors", "pt") as file:
        return int(json.loads(file.metadata()["about"])["steps"])


def test_it_is_small() -> None:
    process = psutil.Process(watchdog.arm(3600, "true").pid)
    time.sleep(4)  # its start is not its watch
    before = process.cpu_times()
    time.sleep(10)
    after = process.cpu_times()
    assert after.user + after.system - before.user - before.system <= 0.3
    assert process.memory_info().rss < 30e6  # without NVIDIA's library, which takes as much again
