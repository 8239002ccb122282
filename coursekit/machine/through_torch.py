"""GPUs that only PyTorch can ask: Apple's and Intel's."""

from __future__ import annotations

from typing import Any

from coursekit.machine import loaded
from coursekit.machine.readings import Gpu


def read() -> list[Gpu]:
    """Those that this process's PyTorch can use; none while it is not loaded."""
    torch = loaded.torch()
    if torch is None:
        return []
    if torch.backends.mps.is_available():
        return [_apple(torch.mps)]
    xpu: Any = getattr(torch, "xpu", None)
    if xpu is not None and xpu.is_available() and xpu.is_initialized():
        return [_intel(xpu, index) for index in range(xpu.device_count())]
    return []


def _apple(mps: Any) -> Gpu:
    """Its memory is the machine's; the total is what macOS recommends to take at most."""
    return Gpu(
        index=0,
        name="Apple GPU",
        maker="Apple",
        memory_total=mps.recommended_max_memory(),
        ours=mps.driver_allocated_memory(),
        uuid="Apple",
    )


def _intel(xpu: Any, index: int) -> Gpu:
    free, total = xpu.mem_get_info(index)
    return Gpu(
        index=index,
        name=xpu.get_device_name(index),
        maker="Intel",
        memory_used=total - free,
        memory_total=total,
        ours=xpu.memory_reserved(index),
        uuid=f"Intel {index}",
    )
