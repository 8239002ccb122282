from __future__ import annotations

import onnxruntime
import pytest
import torch
from torch import nn

from coursekit.learn import runner as runners
from coursekit.learn.runner import runner


def body() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.SiLU()).eval()


@torch.no_grad()
def test_both_ways_to_run_a_body_agree_for_any_batch_size() -> None:
    net, x = body(), torch.randn(8, 3, 16, 16)
    fast = runner(net, x, runners.WORTH_IT)
    assert fast is not net
    for n in (8, 3, 1):
        assert torch.allclose(fast(x[:n]), net(x[:n]), atol=1e-4)


def test_few_items_are_not_worth_a_translation() -> None:
    net = body()
    assert runner(net, torch.randn(1, 3, 16, 16), runners.WORTH_IT - 1) is net


def test_what_can_not_be_translated_runs_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.special.i0e(x)

    net = Odd()
    assert runner(net, torch.randn(2, 3, 4, 4), 1000) is net


def test_what_the_runtime_refuses_runs_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "onnx_bytes", lambda *rest: b"no graph")
    net = body()
    assert runner(net, torch.randn(2, 3, 16, 16), 1000) is net
    assert onnxruntime.__version__


def test_what_says_something_else_when_translated_runs_as_it_is() -> None:
    class Counts(nn.Module):
        """Adds how often it was called: tracing keeps the number of one call."""

        calls = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            return x + self.calls

    net = Counts()
    assert runner(net, torch.randn(2, 3, 4, 4), 1000) is net
