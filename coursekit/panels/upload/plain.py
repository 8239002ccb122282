"""ipywidgets' own upload button, for where ours is not wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipywidgets import FileUpload


class PlainUpload(FileUpload):  # type: ignore[misc]  # it has no types
    """Takes files; the whole of each travels in one message, so large ones may never arrive.

    Args:
        receive: Called with name, bytes, and place among how many, for each file.

    Attributes:
        data: The bytes of the files that were chosen last, in order, as in fast.ai's book.
    """

    def __init__(
        self, receive: Callable[[str, bytes, tuple[int, int]], object], **traits: Any
    ) -> None:
        super().__init__(**{"accept": "image/*", "multiple": True, **traits})
        self.data: list[bytes] = []
        self._receive = receive
        self.observe(self._take, "value")

    def _take(self, change: Any) -> None:
        files = list(change["new"])
        if not files:
            return
        self.data = [bytes(file["content"]) for file in files]
        self.value = ()  # or the same file, sent again, would equal the old value and fire no event
        for at, (file, data) in enumerate(zip(files, self.data, strict=True), 1):
            self._receive(str(file["name"]), data, (at, len(files)))

    def clear(self) -> None:
        """Forgets the files."""
        self.data = []
