"""Imports torchvision and uses an operator of its compiled part."""

from __future__ import annotations

from typing import Any

from coursekit.app.doctor.scripts import answer


def facts() -> dict[str, Any]:
    """Which torchvision it is; `torchvision.ops.nms` is what is missing where torch is another."""
    import torch
    import torchvision

    boxes = torch.tensor([[0.0, 0, 2, 2], [0, 0, 2, 2]])
    kept = torchvision.ops.nms(boxes, torch.tensor([0.5, 0.9]), 0.5)
    return {
        "version": torchvision.__version__,
        "computed": kept.tolist() == [1],
    }


if __name__ == "__main__":
    answer(facts)
