"""PyTorch's random generators: their state as data, and blocks that leave it as it was."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

_turns = threading.RLock()


def state(device: torch.device) -> dict[str, Tensor]:
    """The generators' states by device type: the CPU's and, where it is another, that of `device`.

    They belong to the whole process: what another thread draws meanwhile moves them on, too.
    """
    found = {"cpu": torch.get_rng_state()}
    if device.type != "cpu":
        found[device.type] = _module(device).get_rng_state(*_numbered(device))
    return found


def put_back(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Sets the generators of the CPU and of `device` where `state` found them.

    A state of a device that is not in use here is left alone.
    """
    torch.set_rng_state(states["cpu"])
    if device.type != "cpu" and device.type in states:
        _module(device).set_rng_state(states[device.type], *_numbered(device))


@contextmanager
def unmoved(device: torch.device) -> Iterator[None]:
    """Whatever is drawn in this block, the generators stand as before after it.

    Threads take turns, or one would put back what another had drawn.
    """
    with _turns:
        before = state(device)
        try:
            yield
        finally:
            put_back(before, device)


def _module(device: torch.device) -> Any:
    return torch.get_device_module(device)


def _numbered(device: torch.device) -> tuple[torch.device, ...]:
    """The device itself where it is one of several; Apple's has no number and takes none."""
    return (device,) if device.index is not None and device.type != "mps" else ()
