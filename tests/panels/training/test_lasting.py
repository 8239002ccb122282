"""A long training with the monitor shown: few messages, little memory, and no widget left over."""

from __future__ import annotations

import gc
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import comm
import psutil
import pytest
import torch
from comm.base_comm import BaseComm
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from coursekit.learn.learner import Learner
from coursekit.panels.training import TrainingMonitor

STEPS = 10_000
EPOCHS = 50
A_SECOND = 10  # messages, on average
MOST = 14  # messages in any one second
BYTES = 600_000  # 32 for each step, and what is said of it
GROWTH = 20_000_000  # bytes


@dataclass
class Sent:
    """What left for the page: when, from which widget, and how many bytes."""

    messages: list[tuple[float, str, int]] = field(default_factory=list)

    def note(self, of: str, data: Any, buffers: Any) -> None:
        size = len(repr(data)) + sum(memoryview(it).nbytes for it in buffers or ())
        self.messages.append((time.monotonic(), of, size))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """A page that widgets speak to, and that only counts."""
    heard = Sent()

    class Counting(BaseComm):
        def publish_msg(
            self,
            msg_type: str,
            data: Any = None,
            metadata: Any = None,
            buffers: Any = None,
            **_: Any,
        ) -> None:
            heard.note(self.comm_id, data, buffers)

    monkeypatch.setattr(comm, "create_comm", Counting)
    return heard


def learner() -> Learner:
    """One that is through with a step in less than a millisecond."""
    torch.manual_seed(0)
    x = torch.randn(STEPS // EPOCHS, 4)
    loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=1)
    return Learner((loader, loader), nn.Linear(4, 1), nn.MSELoss(), seed=1)


def widgets() -> int:
    import ipywidgets.widgets.widget as module

    return len(module._instances)


@pytest.mark.slow
def test_ten_thousand_steps_send_little_and_leave_nothing(sent: Sent) -> None:
    before, learn = widgets(), learner()
    monitor = TrainingMonitor(learn)
    assert widgets() == before
    shown = monitor.view
    assert widgets() > before
    monitor.choose(epochs=1)
    monitor.start()
    monitor.wait()  # imports and caches are there now
    gc.collect()
    memory, first = psutil.Process().memory_info().rss, len(sent.messages)
    monitor.choose(epochs=EPOCHS)
    began = time.monotonic()
    monitor.start()
    monitor.wait()
    seconds = time.monotonic() - began
    assert len(learn.history) == STEPS
    assert monitor.view is shown
    gc.collect()
    grown = psutil.Process().memory_info().rss - memory
    few(sent.messages[first:], began, seconds)
    print(f"memory grew by {grown / 1e6:.1f} MB")
    assert grown < GROWTH
    monitor.close()
    assert widgets() == before


def few(messages: list[tuple[float, str, int]], began: float, seconds: float) -> None:
    """Ten a second on average, apart from those that a start and an end bring; not large."""
    size = sum(it for _, _, it in messages)
    edge = min(1, seconds / 4)  # a fast machine is through in less than four seconds
    within = seconds - 2 * edge
    meanwhile = [when - began for when, _, _ in messages if edge < when - began < seconds - edge]
    print(f"{STEPS:,} steps in {seconds:.1f} s: {len(messages)} messages, {size:,} bytes;")
    print(f"between start and end {len(meanwhile) / within:.1f} a second")
    assert 1 < len(meanwhile) / within <= A_SECOND
    assert max(Counter(map(int, meanwhile)).values()) <= MOST
    assert size < BYTES
