"""Start, Stop and Resume in real kernels, of all the versions that people have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest
from support_kernel import FrontEnd, kernel

VERSIONS = ("6.31.0", "7.3.0", "7.4.0")
SUBSHELLS = (7, 0)
"""Since this version a kernel hears its widgets while a cell is at work."""

MONITOR = """
import time
import ipykernel, torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner
from coursekit.panels.training import TrainingMonitor

class Slow(Callback):
    def after_step(self, learn):
        time.sleep(0.01)

x = torch.randn(64, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)
learn = Learner((loader, loader), nn.Linear(4, 1), nn.MSELoss(), cbs=Slow())
monitor = TrainingMonitor(learn)
monitor.choose(epochs=1000)
print(ipykernel.__version__)
monitor
"""
TIMED_START = "began = time.perf_counter(); monitor.start(); print(time.perf_counter() - began)"
COUNT = """
from pathlib import Path
for number in range(10):
    print("mine", number, flush=True)
    time.sleep(0.3)
    while number == 0 and not Path({gate!r}).exists():
        time.sleep(0.02)
"""
STOPS = 10.0
"""Seconds for a stop, which takes a batch of a hundredth."""

COUNTED = "".join(f"mine {number}\n" for number in range(10))


def installed(version: str) -> Path:
    """A folder with that ipykernel, kept for the next time."""
    folder = Path(platformdirs.user_cache_dir("coursekit-tests")) / f"ipykernel-{version}"
    if folder.is_dir():
        return folder
    new = folder.with_name(f"{folder.name}.{os.getpid()}")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    done = subprocess.run(
        [*pip, "--no-deps", "--target", new, f"ipykernel=={version}"],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        shutil.rmtree(new, ignore_errors=True)
        reason = f"ipykernel {version} can't be installed: {done.stderr.strip()[-300:]}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    new.rename(folder)
    return folder


@pytest.fixture(params=VERSIONS)
def front_end(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FrontEnd]:
    """A kernel of that version in which a monitor is shown."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    folder = installed(request.param)
    extra = {"PYTHONPATH": str(folder), "IPYTHONDIR": str(tmp_path / "ipython")}
    with kernel(dict(os.environ) | extra) as it:
        assert it.run(MONITOR).strip() == request.param
        major, minor = map(int, request.param.split(".")[:2])
        assert it.open_subshell() == ((major, minor) >= SUBSHELLS)
        yield it


@pytest.mark.slow
def test_a_run_is_started_stopped_and_resumed_whatever_the_cells_do(
    front_end: FrontEnd, tmp_path: Path
) -> None:
    assert front_end.enabled("Start")
    assert not front_end.enabled("Stop")
    assert float(front_end.run(TIMED_START)) < 2  # the training takes a minute
    front_end.wait_for("Training")
    stop_and_resume(front_end)
    another_cell_has_only_its_own_output(front_end)
    stop_while_a_cell_is_at_work(front_end, tmp_path / "gate")
    front_end.click("Resume")
    front_end.wait_for("Training")
    front_end.run("monitor.stop()")
    front_end.wait_for("Stopped in epoch", STOPS)
    front_end.run("monitor.wait()")
    assert front_end.run("print(learn.run.progress.state)") == "stopped\n"
    steps = "[step for step, _, _ in monitor.model.teller.points]"
    assert front_end.run(f"print({steps} == list(range(len(learn.history))))") == "True\n"


def stop_and_resume(front_end: FrontEnd) -> None:
    """With no cell at work."""
    front_end.click("Stop")
    front_end.wait_for("Stopped in epoch", STOPS)
    front_end.wait(lambda: front_end.enabled("Resume"), "Resume")
    assert front_end.enabled("Start")
    assert not front_end.enabled("Stop")
    assert front_end.run("print(monitor.model.state)") == "stopped\n"
    front_end.click("Resume")
    front_end.wait_for("Training")


def another_cell_has_only_its_own_output(front_end: FrontEnd) -> None:
    """What is printed during a training is all that the page shows meanwhile."""
    before = len(front_end.shown)
    cell = front_end.send(COUNT.format(gate="/"))
    front_end.wait(lambda: cell in front_end.ended, "the end of the cell that counts")
    assert front_end.line("Training")
    assert {parent for parent, _, _ in front_end.shown[before:]} == {cell}
    assert {kind for _, kind, _ in front_end.shown[before:]} == {"stream"}
    assert front_end.printed(cell) == COUNTED


def stop_while_a_cell_is_at_work(front_end: FrontEnd, gate: Path) -> None:
    """At once where the kernel hears it; else as soon as the cell has ended."""
    cell = front_end.send(COUNT.format(gate=str(gate)))
    front_end.wait(lambda: front_end.printed(cell), "the first line of a cell that counts")
    front_end.click("Stop")
    if front_end.subshell:
        front_end.wait_for("Stopped in epoch", STOPS)
        assert cell not in front_end.ended
    gate.touch()
    front_end.wait(lambda: cell in front_end.ended, "the end of the cell that counts")
    front_end.wait_for("Stopped in epoch", STOPS)
    assert front_end.printed(cell) == COUNTED
    front_end.wait(lambda: front_end.enabled("Resume"), "Resume")
