"""Imports PyTorch and computes on what it finds."""

from __future__ import annotations

import warnings
from typing import Any

from coursekit.app.doctor.scripts import answer

SIDE = 64


def facts() -> dict[str, Any]:
    """Which PyTorch it is, what it was built for, and whether it computes there."""
    import torch

    found: dict[str, Any] = {
        "version": torch.__version__,
        "cuda": torch.version.cuda,
        "hip": getattr(torch.version, "hip", None),
        "file": torch.__file__,
    }
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        device = "cuda" if torch.cuda.is_available() else "cpu"
        if device == "cpu" and torch.backends.mps.is_available():
            device = "mps"
        found["device"] = device
        if device == "cuda":
            found["name"] = torch.cuda.get_device_name(0)
            found["capability"] = list(torch.cuda.get_device_capability(0))
            found["archs"] = torch.cuda.get_arch_list()
        try:
            square = torch.ones(SIDE, SIDE, device=device)
            found["computed"] = float((square @ square).sum()) == SIDE**3
        except RuntimeError as error:
            found["computed"], found["why"] = False, str(error).partition("\n")[0]
    found["warnings"] = [str(it.message).partition("\n")[0] for it in said]
    return found


if __name__ == "__main__":
    answer(facts)
