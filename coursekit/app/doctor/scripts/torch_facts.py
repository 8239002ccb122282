"""Imports PyTorch and computes on what it finds."""

from __future__ import annotations

import warnings
from typing import Any

from coursekit.app.doctor.scripts import answer

SIDE = 64
DEVICES = {"CUDA": "cuda", "ROCm": "cuda", "MPS": "mps", "XPU": "xpu", "none": "cpu"}


def facts() -> dict[str, Any]:
    """Which PyTorch it is, what it was built for, what there is, and whether it computes there."""
    import torch

    from coursekit.machine.reader import Reader

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        machine = Reader().read()
        device = DEVICES[machine.accelerator.kind]
        found = {"device": device, **computing(torch, device)}
    return found | {
        "version": torch.__version__,
        "cuda": torch.version.cuda,
        "hip": torch.version.hip,
        "warnings": [str(it.message).partition("\n")[0] for it in said],
        "why_not": machine.accelerator.why,
        "gpus": [gpu.name for gpu in machine.gpus],
        "driver": machine.driver,
        "driver_cuda": machine.cuda,
        "trouble": list(machine.trouble),
    }


def computing(torch: Any, device: str) -> dict[str, Any]:
    """Whether a product of matrices comes out right, and what that says of a GPU of CUDA's."""
    found: dict[str, Any] = {}
    try:
        square = torch.ones(SIDE, SIDE, device=device)
        found["computed"] = float((square @ square).sum()) == SIDE**3
    except RuntimeError as error:
        found["computed"], found["why"] = False, str(error).partition("\n")[0]
    if device == "cuda":
        found["capability"] = list(torch.cuda.get_device_capability(0))
        found["archs"] = torch.cuda.get_arch_list()
    return found


if __name__ == "__main__":
    answer(facts)
