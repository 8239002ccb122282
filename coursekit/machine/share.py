"""How much of each GPU this process holds: PyTorch says so, as a container has no PIDs to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from coursekit.machine import loaded
from coursekit.machine.readings import Gpu


def with_share(gpus: list[Gpu]) -> list[Gpu]:
    """The same GPUs with `ours` filled in, where PyTorch is loaded and answers.

    It is what PyTorch has reserved; the driver holds some hundred MB more for each program.
    """
    torch = loaded.torch()
    if torch is None or not gpus:
        return gpus
    # to answer, PyTorch would claim memory on each GPU that it had not used before
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()
    reserved = torch.cuda.memory_reserved
    if len(gpus) == len(devices) == 1:
        return [replace(gpus[0], ours=reserved(0))]
    try:
        held = {name: reserved(it) for it in devices for name in _names(torch.cuda, it)}
    except RuntimeError:  # a GPU that it used was lost
        return gpus
    return [replace(gpu, ours=held.get(gpu.uuid.partition("-")[2] or gpu.uuid, 0)) for gpu in gpus]


def _names(cuda: Any, device: int) -> tuple[str, str]:
    """A device's UUID and its address on the bus, as NVML and Linux write them.

    Its number is no name: CUDA_VISIBLE_DEVICES and CUDA's own order change it.
    """
    it = cuda.get_device_properties(device)
    address = f"{it.pci_domain_id:04x}:{it.pci_bus_id:02x}:{it.pci_device_id:02x}.0"
    return str(getattr(it, "uuid", "")), address  # Windows' builds for AMD have no uuid
