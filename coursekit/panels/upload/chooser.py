"""A file input that sends pictures of any size through Jupyter's messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Int, Unicode


class Chooser(anywidget.AnyWidget):
    """Takes one picture after another.

    A picture travels in pieces of 4 MiB, because JupyterLab drops messages over 10 MiB. A file over
    `limit` bytes is not sent at all.

    Args:
        receive: Called with name and bytes of each picture.
        refuse: Called with name and size in bytes of a file over the limit.
        coming: Called with the name when the first piece of several is there.
    """

    _esm = Path(__file__).with_suffix(".js")
    label = Unicode().tag(sync=True)
    limit = Int().tag(sync=True)

    def __init__(
        self,
        label: str,
        limit: int,
        receive: Callable[[str, bytes], object],
        refuse: Callable[[str, int], object],
        coming: Callable[[str], object] = lambda name: None,
    ) -> None:
        super().__init__(label=label, limit=limit)
        self._receive, self._refuse, self._coming = receive, refuse, coming
        self._pieces: list[bytes] = []
        self.on_msg(self._hear)

    def _hear(self, _: object, content: dict[str, Any], buffers: list[memoryview]) -> None:
        name, size = str(content["name"]), int(content["size"])
        if size > self.limit:
            self._refuse(name, size)
            return
        if content["at"] == 0:
            self._pieces = []
        self._pieces.append(bytes(buffers[0]))
        if sum(map(len, self._pieces)) < size:
            if len(self._pieces) == 1:
                self._coming(name)
            return
        data, self._pieces = b"".join(self._pieces), []
        self._receive(name, data)

    def clear(self) -> None:
        """Empties the input, so that no name of a file stays beside it."""
        self._pieces = []
        self.send({"clear": True})
