"""Trainings that nobody watches: they count as activity, and no server ends their kernel."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support_jupyter import jupyter, until
from support_kernel import FrontEnd

from coursekit.core import activity, kernel
from coursekit.learn.learner import Learner

Make = Callable[..., Learner]

CULLED = 40
"""Seconds without a message after which the server ends a kernel: more than between two of ours."""

CODE = """
import time, torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from coursekit.learn.events import Callback
from coursekit.learn.learner import Learner

class LongValidation(Callback):
    def before_validate(self, learn):
        time.sleep({seconds})

data = DataLoader(TensorDataset(torch.randn(8, 4), torch.zeros(8, dtype=torch.long)), 4)
learn = Learner((data, data), nn.Linear(4, 2), nn.CrossEntropyLoss(), cbs=LongValidation())
run = learn.start("fit", 1, paused={paused})
"""


def test_validation_and_preparation_count_as_activity(
    classifier: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded: list[str] = []
    monkeypatch.setattr(activity, "record", recorded.append)
    learn = classifier()
    learn.validate()
    assert recorded == ["train_step"] * 3
    learn.follow([], report=lambda *_: None)
    learn.report("preparing", 1, 2)
    assert len(recorded) == 4


def train(front: FrontEnd, seconds: int, paused: bool) -> None:
    front.run(CODE.format(seconds=seconds, paused=paused))
    there = "run.progress.state == 'paused'" if paused else "len(run.history) == 2"
    front.run(f"while not ({there}): time.sleep(.01)")


@pytest.mark.slow
def test_a_culler_spares_a_training_without_a_panel_and_ends_a_paused_one(tmp_path: Path) -> None:
    assert kernel.EVERY < CULLED <= 60
    options = (
        f"--MappingKernelManager.cull_idle_timeout={CULLED}",
        "--MappingKernelManager.cull_interval=2",
    )
    with jupyter(tmp_path, *options) as server:
        trains, waits = server.start_kernel(), server.start_kernel()
        with server.speak(trains) as one, server.speak(waits) as other:
            train(other, seconds=0, paused=True)
            train(one, seconds=2 * CULLED, paused=False)
        began = time.monotonic()
        assert until(lambda: waits not in server.kernels(), "the culler", 2 * CULLED) > CULLED / 2
        time.sleep(max(0.0, began + 1.7 * CULLED - time.monotonic()))
        assert server.kernels().keys() == {trains}
        with server.speak(trains) as one:
            assert one.run("print(run.wait().state)") == "finished\n"
