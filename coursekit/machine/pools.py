"""The memory that PyTorch has taken from GPUs, of which it keeps a part for later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coursekit.machine import loaded


def reserved() -> int:
    """Bytes that PyTorch has taken from all GPUs; 0 where it is not loaded or uses none."""
    apple = _apple()
    taken = apple.driver_allocated_memory() if apple else 0
    return int(taken + sum(it.memory_reserved(device) for it, device in _cards()))


def allocated() -> int:
    """Bytes of them in which something lies; the rest it keeps for what comes next."""
    apple = _apple()
    filled = apple.current_allocated_memory() if apple else 0
    return int(filled + sum(it.memory_allocated(device) for it, device in _cards()))


def empty() -> None:
    """Gives back what PyTorch keeps for what comes next."""
    for kind in {id(it): it for it, _ in _cards()}.values():
        kind.empty_cache()
    if apple := _apple():
        apple.empty_cache()


def _cards() -> Iterator[tuple[Any, int]]:
    """`torch.cuda` (also for AMD) and `torch.xpu` with each device, where they are in use."""
    torch = loaded.torch()
    for name in ("cuda", "xpu"):
        kind = getattr(torch, name, None)
        if kind is not None and kind.is_initialized():
            for device in range(kind.device_count()):
                yield kind, device


def _apple() -> Any:
    """`torch.mps` where there is such a GPU."""
    torch = loaded.torch()
    return torch.mps if torch is not None and torch.backends.mps.is_available() else None
