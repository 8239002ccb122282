from __future__ import annotations

import threading
from typing import Any

import pytest
import torch

from coursekit.learn import dice

CPU = torch.device("cpu")


def test_what_is_drawn_in_the_block_is_drawn_again_after_it() -> None:
    with dice.unmoved(CPU):
        inside = torch.rand(3)
    assert torch.equal(torch.rand(3), inside)


def test_an_error_in_the_block_moves_nothing() -> None:
    @dice.unmoved(CPU)
    def fails() -> None:
        torch.rand(3)
        raise ZeroDivisionError

    before = torch.get_rng_state()
    with pytest.raises(ZeroDivisionError):
        fails()
    assert torch.equal(torch.get_rng_state(), before)


def test_threads_take_turns() -> None:
    before, drawn = torch.get_rng_state(), []
    both = threading.Barrier(2)

    def draw() -> None:
        both.wait()
        with dice.unmoved(CPU):
            drawn.append([float(torch.rand(())) for _ in range(1000)])

    threads = [threading.Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn[0] == drawn[1]
    assert torch.equal(torch.get_rng_state(), before)


class FakeModule:
    """Stands in for torch.cuda or torch.mps, with one generator for each device."""

    def __init__(self) -> None:
        self.states: dict[Any, torch.Tensor] = {}

    def get_rng_state(self, *device: Any) -> torch.Tensor:
        return self.states.get(device, torch.zeros(1))

    def set_rng_state(self, state: torch.Tensor, *device: Any) -> None:
        self.states[device] = state


@pytest.mark.parametrize(
    ("name", "asked"), [("cuda", ()), ("cuda:1", (torch.device("cuda:1"),)), ("mps:0", ())]
)
def test_a_faked_gpus_generator_is_kept_too(
    monkeypatch: pytest.MonkeyPatch, name: str, asked: tuple[Any, ...]
) -> None:
    module, device = FakeModule(), torch.device(name)
    monkeypatch.setattr(torch, "get_device_module", lambda it: module)
    module.states[asked] = torch.tensor([7])
    with dice.unmoved(device):
        module.states[asked] = torch.tensor([8])
    assert module.states == {asked: torch.tensor([7])}


def test_the_state_of_a_faked_gpu_is_no_hindrance_where_there_is_none() -> None:
    dice.put_back({"cpu": torch.get_rng_state(), "cuda": torch.zeros(1)}, CPU)
