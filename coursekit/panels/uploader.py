"""Takes files from the person at the page: chosen, dropped or pasted; many, and of any size."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Bool, Int, Unicode

from coursekit.core.wording import file_size

AT_ONCE = 4
"""Files that may be half received, as from two pages; of one more the oldest is dropped."""

LONGEST_NAME = 500

Receive = Callable[[str, bytes], object]


class BadMessage(Exception):
    """What no page of ours would send."""


@dataclass
class Half:
    """A file of which pieces are still to come; `size` in bytes, as it was announced."""

    name: str
    size: int
    pieces: list[bytes] = field(default_factory=list)
    got: int = 0

    def add(self, at: int, piece: bytes) -> None:
        """Takes the piece that begins at byte `at`, if it is the next and fits."""
        if at != self.got or self.got + len(piece) > self.size or (self.size and not piece):
            raise BadMessage
        self.pieces.append(piece)
        self.got += len(piece)


class Uploader(anywidget.AnyWidget):
    """A button, a place to drop and paste, and how far the sending is.

    The browser sends one file after the other, in pieces, because JupyterLab drops messages over
    10 MiB; each waits until the one before was taken. A picture with a side over `scale` pixels is
    made smaller there, upright, as JPEG; what the browser cannot read is sent as it is.

    Args:
        label: The button's words.
        limit: Bytes of one file; a larger one is not sent.
        receive: Called with name and bytes of each file, in order; a file of a folder is called
            `folder/file`. If it gives back a `Future`, the next file is sent once that is done.
        refuse: Called with name and size in bytes of a file over the limit.
        progress: Called with a file's name, its bytes so far, its size, its place from 1 on, and
            the number of files, whenever a piece is there.
        finish: Called with the number of files that were begun, once no more are to come.
        accept: What the choosing offers, as in HTML.
        many: Whether several files may be taken at once.
        scale: Pixels of a picture's longer side; 0: every file is sent as it is.
        folders: Whether a folder with all that is in it may be taken.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    label = Unicode().tag(sync=True)
    limit = Int().tag(sync=True)
    limit_words = Unicode().tag(sync=True)
    accept = Unicode().tag(sync=True)
    many = Bool().tag(sync=True)
    scale = Int().tag(sync=True)
    folders = Bool().tag(sync=True)

    def __init__(
        self,
        label: str,
        limit: int,
        receive: Receive,
        refuse: Callable[[str, int], object] = lambda name, size: None,
        progress: Callable[[str, int, int, int, int], object] = lambda *_: None,
        finish: Callable[[int], object] = lambda count: None,
        accept: str = "image/*",
        many: bool = True,
        scale: int = 2048,
        folders: bool = False,
    ) -> None:
        super().__init__(
            label=label,
            limit=limit,
            limit_words=f"Up to {file_size(limit)}{' each' if many else ''}.",
            accept=accept,
            many=many,
            scale=scale,
            folders=folders,
        )
        self._receive, self._refuse = receive, refuse
        self._progress, self._finish = progress, finish
        self._halves: dict[str, Half] = {}
        self.on_msg(self._hear)

    def clear(self) -> None:
        """Empties the button and all that waits; what is half received is dropped."""
        self._halves.clear()
        self.send({"clear": True})

    def _hear(self, _: object, content: Any, buffers: list[memoryview]) -> None:
        """Whatever a page sent, in the form that we send or not."""
        said = content if isinstance(content, dict) else {}
        if "finished" in said:
            self._finish(said["finished"] if isinstance(said["finished"], int) else 0)
        elif "drop" in said:
            self._halves.pop(str(said["drop"]), None)
        else:
            self._hear_piece(str(said.get("id", ""))[:LONGEST_NAME], said, buffers)

    def _hear_piece(self, key: str, said: dict[str, Any], buffers: list[memoryview]) -> None:
        try:
            half = self._half(key, said)
            half.add(count_of(said.get("at", 0)), b"".join(map(bytes, buffers or [])))
            self._progress(half.name, half.got, half.size, said["index"], said["count"])
        except (BadMessage, KeyError, TypeError, ValueError):
            self._halves.pop(key, None)
            self._answer(key, False)
            return
        if half.got < half.size:
            self._answer(key, True)
        else:
            self._deliver(key, self._halves.pop(key))

    def _half(self, key: str, said: dict[str, Any]) -> Half:
        """The file that a piece belongs to, begun anew where it is the first."""
        name, size = safe_name(said["name"]), count_of(said["size"])
        count_of(said["index"]), count_of(said["count"])
        if size > self.limit:
            self._refuse(name, size)
            raise BadMessage
        if count_of(said.get("at", 0)) == 0:
            self._halves.pop(key, None)
            while len(self._halves) >= AT_ONCE:
                self._halves.pop(next(iter(self._halves)))
            self._halves[key] = Half(name, size)
        return self._halves[key]

    def _deliver(self, key: str, whole: Half) -> None:
        data = b"".join(whole.pieces)
        whole.pieces.clear()
        try:
            after = self._receive(whole.name, data)
        except BaseException:
            self._answer(key, False)
            raise
        if isinstance(after, Future):
            after.add_done_callback(lambda _: self._answer(key, True))
        else:
            self._answer(key, True)

    def _answer(self, key: str, taken: bool) -> None:
        self.send({"id": key, "taken": taken})


def safe_name(said: object) -> str:
    """A name as it may be shown: relative, without `..` and signs that nobody sees."""
    if not isinstance(said, str):
        raise BadMessage
    name = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", said[-LONGEST_NAME:])
    parts = [part for part in re.split(r"[/\\]", name) if part.strip(". ")]
    return "/".join(parts) or "file"


def count_of(said: object) -> int:
    """A whole number from 0 on."""
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        raise BadMessage
    return said
