"""Photos with their targets: read, decoded and resized as they are asked for."""

from __future__ import annotations

import copy
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path

from torch.utils.data import Dataset, get_worker_info

from coursekit.core import fingerprint
from coursekit.core.errors import CourseError
from coursekit.core.processors import processors
from coursekit.core.wording import listing, plural
from coursekit.data.aside import Aside, set_aside
from coursekit.predict.decode import decode
from coursekit.predict.prediction import Label as Label
from coursekit.vision.transforms import Draw, ItemTransform, Pixels, Resize

Example = tuple[Pixels, int]

ROOM = 1024**3
"""Bytes of resized photos that all data sets of a process keep in memory together."""


class LeftOut(UserWarning):
    """Photos could not be read and are left out."""


class _Kept:
    """Pixels by index, as long as there is room; the room is given back when this goes."""

    _used = 0
    _lock = threading.RLock()  # the collector may call __del__ in a thread that holds it

    def __init__(self) -> None:
        self.pixels: dict[int, Pixels] = {}
        self.size = 0

    def keep(self, index: int, pixels: Pixels) -> None:
        with _Kept._lock:
            if index in self.pixels or _Kept._used + pixels.nbytes > ROOM:
                return
            _Kept._used += pixels.nbytes
            self.size += pixels.nbytes
        self.pixels[index] = pixels

    def __del__(self) -> None:
        with _Kept._lock:
            _Kept._used -= self.size


class ImageItems(Dataset[Example]):
    """Photos with their targets. What cannot be read is left out, and `unreadable` says why.

    Args:
        items: Their files.
        targets: For each the number of its label in `vocab`.
        transform: Brings each photo to one size.
        vocab: The labels.
        plain: The transform for validation and prediction; default: `transform` without chance.
        judging: Whether these are the photos for validation, some of which no grid may show.

    Attributes:
        unreadable: Index to reason, of what turned out to be unreadable so far.
    """

    def __init__(
        self,
        items: Iterable[Path],
        targets: Iterable[int],
        transform: ItemTransform,
        vocab: Sequence[Label] = (),
        plain: Resize | None = None,
        judging: bool = False,
    ) -> None:
        self.items, self.targets = list(items), list(targets)
        self.transform, self.vocab, self.judging = transform, list(vocab), judging
        self.plain_transform = plain or transform.plain
        self.unreadable: dict[int, str] = {}
        self._told: set[int] = set()
        self._digests: dict[int, str] = {}
        self._kept = _Kept()
        self._checked = False

    @property
    def is_random(self) -> bool:
        """Whether the same photo may give other pixels next time."""
        return self.transform.is_random

    @cached_property
    def aside(self) -> Aside:
        """The photos for validation that are kept for a game."""
        return set_aside(self.items if self.judging else ())

    @cached_property
    def plain(self) -> ImageItems:
        """The same photos without chance, as validation and prediction see them."""
        if self.transform == self.plain_transform:
            return self
        other = copy.copy(self)  # shares what is known of the files, not the pixels
        other.transform, other._kept = self.plain_transform, _Kept()
        return other

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Example:
        """(pixels, target): uint8 of shape (height, width, 3), and a number.

        Raises:
            CourseError: The file cannot be read.
        """
        found = self.__getitems__([index])
        if not found:
            raise CourseError(self.unreadable[index])
        return found[0]

    def __getitems__(self, indices: Sequence[int]) -> list[Example]:
        """(pixels, target) of those that can be read, in order.

        Chance is drawn here, for all of them, before threads share the work: what comes out does
        not depend on which thread is faster, nor on what is known to be unreadable.
        """
        draws = self.transform.draws(len(indices))
        found = _parallel(self._pixels, indices, draws)
        pairs = zip(indices, found, strict=True)
        return [(pixels, self.targets[i]) for i, pixels in pairs if pixels is not None]

    def read_here(self, indices: Sequence[int]) -> list[Pixels]:
        """The pixels of those that can be read, in order, read by the calling thread alone."""
        draws = self.transform.draws(len(indices))
        found = map(self._pixels, indices, draws)
        return [pixels for pixels in found if pixels is not None]

    def digest(self, index: int) -> str:
        """A digest of what is in the file and of how it is resized without chance.

        Raises:
            CourseError: The file cannot be read.
        """
        if index not in self._digests:
            self._digests[index] = self._digest(index)
        if index in self.unreadable:
            raise CourseError(self.unreadable[index])
        return self._digests[index]

    def check(self) -> None:
        """Reads every file once, so that `unreadable` is complete; later calls do nothing."""
        if not self.plain._checked:
            for start in range(0, len(self), 256):
                self.plain.__getitems__(range(len(self))[start : start + 256])
            self.plain._checked = True

    def say_left_out(self) -> None:
        """Warns of what turned out to be unreadable since the last warning."""
        say_left_out(self)

    def _digest(self, index: int) -> str:
        content = self._content(index)
        key = self.plain_transform.key.encode()
        return "" if content is None else fingerprint.of_bytes(content, key)

    def _pixels(self, index: int, draw: Draw) -> Pixels | None:
        """The photo's pixels, or None if it cannot be read."""
        kept = self._kept.pixels.get(index)
        if kept is not None or index in self.unreadable:
            return kept
        content = self._content(index)
        if content is None:
            return None
        try:
            image = decode(content, self.items[index].name, self.transform.at_least(draw))
        except CourseError as error:
            self.unreadable[index] = str(error)
            return None
        pixels = self.transform.pixels(image, draw)
        if not self.is_random and not get_worker_info():
            self._kept.keep(index, pixels)
        return pixels

    def _content(self, index: int) -> bytes | None:
        path = self.items[index]
        try:
            return path.read_bytes()
        except OSError as error:
            self.unreadable[index] = f"{path.name} can't be opened ({error.strerror})."
            return None

    def __getstate__(self) -> dict[str, object]:
        """Without the pixels: where a worker process gets a copy, it reads its own."""
        return {**self.__dict__, "_kept": None}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._kept = _Kept()


def say_left_out(*datasets: ImageItems) -> None:
    """Warns, once for all, of what turned out to be unreadable in these since the last warning.

    Only in the main thread: a worker thread's warnings land anywhere.
    """
    new = [(dataset, dataset.unreadable.keys() - dataset._told) for dataset in datasets]
    here = threading.current_thread() is threading.main_thread()
    if not here or not any(indices for _, indices in new):
        return
    names: list[str] = []
    for dataset, indices in new:
        dataset._told.update(indices)
        names += [dataset.items[index].name for index in sorted(indices)]
    out = sum(len(dataset.unreadable) for dataset in datasets)
    of = plural(sum(map(len, datasets)), "photo")
    message = f"Left out {out:,} of {of} that can't be read ({listing(names)}): see dls.skipped."
    warnings.warn(message, LeftOut, stacklevel=4)


def _parallel(
    read: Callable[[int, Draw], Pixels | None], indices: Sequence[int], draws: Sequence[Draw]
) -> Iterator[Pixels | None]:
    """`read` for each: in threads, but in a loader's worker process, one of several, without."""
    return map(read, indices, draws) if get_worker_info() else _pool().map(read, indices, draws)


@cache
def _pool() -> ThreadPoolExecutor:
    """A thread for each processor: Pillow frees the GIL while it decodes and resizes."""
    return ThreadPoolExecutor(processors(), thread_name_prefix="photos")
