"""Small copies of photos, made when they are asked for and kept while there is room."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coursekit.core.errors import CourseError
from coursekit.core.processors import processors
from coursekit.predict.decode import decode

SIDE = 128  # pixels of the longer side
MOST = 3000  # small copies that are kept, of about 5 kB each


@dataclass(frozen=True)
class Thumbnail:
    """JPEG bytes, or why there are none."""

    jpeg: bytes = b""
    reason: str = ""


class Thumbnails:
    """Small copies by file; the one not asked for longest goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Path, Thumbnail] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, files: Sequence[Path]) -> list[Thumbnail]:
        """The small copy of each, made in threads where it is not kept."""
        return list(_pool().map(self._one, files))

    def prepare(self, files: Sequence[Path]) -> None:
        """Makes them in the background, for whoever asks next."""
        for file in files:
            _pool().submit(self._one, file)

    def _one(self, file: Path) -> Thumbnail:
        with self._lock:
            if file in self._kept:
                self._kept.move_to_end(file)
                return self._kept[file]
        made = thumbnail(file)
        with self._lock:
            if made.jpeg:  # a file that could not be read may be mended meanwhile
                self._kept[file] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


def thumbnail(file: Path, side: int = SIDE) -> Thumbnail:
    """A small copy of one photo."""
    try:
        image = decode(file.read_bytes(), file.name, at_least=side // 2)
    except OSError as error:
        return Thumbnail(reason=f"{file.name} can't be opened ({error.strerror}).")
    except CourseError as error:
        return Thumbnail(reason=str(error))
    image.thumbnail((side, side), reducing_gap=2.0)
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=80)
    return Thumbnail(jpeg.getvalue())


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), thread_name_prefix="thumbnails")
