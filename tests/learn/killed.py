"""Trains in processes that are killed at random moments, and goes on in others.

Run as `killed.py FOLDER TIMES`; prints one JSON line: the uninterrupted losses, and for each time
how many steps the checkpoint had and the losses of the process that went on.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from coursekit.learn import watch as watching
from coursekit.learn.learner import Learner


class Noisy(Dataset[tuple[Tensor, int]]):
    """Points that are varied at random each time they are asked for."""

    def __len__(self) -> int:
        return 60

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        time.sleep(0.0004)
        return torch.eye(3)[index % 3] + torch.randn(3), index % 3


def learner() -> Learner:
    """Shuffled data with random augmentation, dropout, momentum, and two phases."""
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(3, 8), nn.Sequential(nn.ReLU(), nn.Dropout(), nn.Linear(8, 3)))
    loaders = (DataLoader(Noisy(), 4, shuffle=True), DataLoader(Noisy(), 20))
    sgd = partial(torch.optim.SGD, momentum=0.9)
    return Learner(loaders, model, nn.CrossEntropyLoss(), sgd, seed=5)


def in_child(work: Callable[[], object]) -> int:
    """Runs `work` in a process of its own; torch is there already, so that starts at once."""
    child = os.fork()
    if child:
        return child
    try:
        torch.set_num_threads(1)
        work()
    except BaseException:  # noqa: BLE001 - a child must never come back into the parent's code
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def train(home: Path) -> None:
    os.environ["COURSEKIT_HOME"] = str(home)
    learner().start("fine_tune", 5, 0.05, depth="all").wait()


def go_on(folder: Path, result: Path) -> None:
    run = learner().resume_from(folder)
    steps = len(run.learn.history)
    state = run.wait().state
    result.write_text(json.dumps({"from": steps, "state": state, "losses": run.history.losses}))


def killed(home: Path, delay: float) -> Path:
    """Kills a training `delay` seconds after its first checkpoint; gives its run folder."""
    child = in_child(partial(train, home))
    while not list(home.glob("runs/*/last.safetensors")):
        time.sleep(0.001)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return next(home.glob("runs/*"))


def main(folder: Path, times: int) -> None:
    watching.CHECKPOINTS = 0.01
    torch.set_num_threads(1)
    train(folder / "first")  # imports all that it takes, so that no child has to
    began = time.monotonic()
    os.waitpid(in_child(partial(train, folder / "whole")), 0)
    longest = time.monotonic() - began
    whole = json.loads(next(folder.glob("whole/runs/*/history.json")).read_text())["losses"]
    found = []
    for k in range(times):
        run_folder = killed(folder / str(k), random.uniform(0, 0.9 * longest))
        result = folder / f"{k}.json"
        os.waitpid(in_child(partial(go_on, run_folder, result)), 0)
        found.append(json.loads(result.read_text()))
    print(json.dumps({"whole": whole, "times": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
