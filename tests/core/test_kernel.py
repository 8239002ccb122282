from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from coursekit.core import kernel as kernels


class Fake:
    """As much of ipykernel's kernel as a message needs."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self.iopub_socket = "iopub"
        self.session = SimpleNamespace(send=lambda *message: self.sent.append(message))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    it = Fake()
    monkeypatch.setattr(kernels, "kernel", lambda: it)
    monkeypatch.setattr(kernels, "EVERY", 0.02)
    return it


def test_a_script_is_no_kernel_and_starts_no_thread() -> None:
    assert kernels.kernel() is None
    before = threading.active_count()
    with kernels.awake(lambda: False):
        assert threading.active_count() == before


def test_a_kernel_at_work_sends_messages_until_it_is_not(fake: Fake) -> None:
    with kernels.awake(lambda: False):
        end = time.monotonic() + 10
        while len(fake.sent) < 3 and time.monotonic() < end:
            time.sleep(0.01)
    assert set(map(str, fake.sent)) == {"('iopub', 'coursekit_at_work', {})"}
    count = len(fake.sent)
    assert count >= 3
    time.sleep(0.1)
    assert len(fake.sent) == count


def test_a_kernel_that_rests_sends_none(fake: Fake) -> None:
    with kernels.awake(lambda: True):
        time.sleep(0.2)
    assert fake.sent == []


def test_a_message_comes_at_least_once_a_minute() -> None:
    assert kernels.EVERY <= 60
