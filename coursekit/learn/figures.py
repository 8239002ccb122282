"""Matplotlib figures that show themselves in a notebook and are safe to draw in any thread."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any


class Plot:
    """A picture for a notebook; `figure` and `axes`, an array of (rows, cols), are matplotlib's.

    It does without pyplot, whose global state is not safe beside a training thread.
    """

    def __init__(
        self, size: tuple[float, float] = (6.4, 3.6), rows: int = 1, cols: int = 1
    ) -> None:
        from matplotlib.figure import Figure

        self.figure = Figure(figsize=size, layout="constrained")
        self.axes: Any = self.figure.subplots(rows, cols, squeeze=False)

    def save(self, path: Path | str) -> Path:
        """Writes the picture; the ending of `path` names the format."""
        self.figure.savefig(path)
        return Path(path)

    def _repr_png_(self) -> bytes:
        data = io.BytesIO()
        self.figure.savefig(data, format="png", dpi=110)
        return data.getvalue()
