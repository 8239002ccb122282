"""Trains the course's network on some handwritten digits."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from coursekit.app.doctor.scripts import answer

OF_EACH = 30
SIDE = 96  # pixels


def facts() -> dict[str, Any]:
    """The training losses of its epochs, its seconds, and how much memory this process took."""
    from coursekit.core import paths
    from coursekit.data.bundled import write_digits
    from coursekit.data.labelled import LabelledFolder
    from coursekit.vision.folder import learner, loaders

    folder = write_digits(paths.folder("datasets") / "digits", lambda *_: None, OF_EACH)
    learn = learner(loaders(LabelledFolder(Path(folder)), SIDE))
    warm_up(learn)
    began = time.monotonic()
    learn.fine_tune(1, depth="head")
    return {
        "photos": 10 * OF_EACH,
        "seconds": time.monotonic() - began,
        "device": str(learn.dls.device).partition(":")[0],
        "losses": [row["train_loss"] for row in learn.history.epochs],
        "memory": peak(),
    }


def warm_up(learn: Any) -> None:
    """Has the model see one picture: a GPU's first work starts its libraries, for seconds."""
    import torch

    with torch.no_grad():
        learn.model.eval()(torch.zeros(1, 3, SIDE, SIDE, device=learn.dls.device))


def peak() -> int:
    """The most memory that this process had, in bytes; 0 where that is not known."""
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    answer(facts)
