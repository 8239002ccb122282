"""Photos that show the same, although their files differ: smaller, lighter, saved again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 16  # pixels of the small grey copy
BITS = 5  # that two hashes may differ by
ALIKE = 0.993  # how far two small copies must correlate; handwritten 1s come to 0.990
MOST = 2000  # photos with a part of the hash in common that are compared pair by pair
_BANDS, _WIDTH = 6, 11  # one of six bands is equal wherever no more than five bits differ


@dataclass(frozen=True)
class Sketch:
    """What is kept of a photo to compare it: its hash, 64 bits, and a small grey copy."""

    hash: int
    grey: bytes


def sketch(image: Image.Image) -> Sketch:
    """The difference hash: for each of 8 x 8 places, whether it is darker than the next.

    Source: Krawetz, Kind of Like That, hackerfactor.com, 2013 (dHash).
    """
    grey = image.convert("L")
    small = np.asarray(grey.resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    bits = (small[:, 1:] > small[:, :-1]).flatten()
    number = int.from_bytes(np.packbits(bits).tobytes(), "big")
    return Sketch(number, grey.resize((SIDE, SIDE), Image.Resampling.BOX).tobytes())


def groups(sketches: Sequence[Sketch | None]) -> list[list[int]]:
    """The numbers of those that show the same, in groups of two and more.

    Where hashes are alike the small copies must be, too: dark pictures with little in them, such
    as digits, have few hashes among them. None stands for what could not be read.
    """
    near = _Joined(len(sketches))
    for bucket in _buckets(_once(sketches, near)):
        known = [(index, each) for index in bucket if (each := sketches[index]) is not None]
        hashes = np.array([each.hash for _, each in known], dtype=np.uint64)
        for first, second in _alike(hashes, _unit(known)):
            near.join(known[first][0], known[second][0])
    return near.groups()


def _once(sketches: Sequence[Sketch | None], near: _Joined) -> list[Sketch | None]:
    """Each sketch where it comes first; the others are joined with it, however many there are."""
    first_of: dict[Sketch, int] = {}
    once: list[Sketch | None] = []
    for index, each in enumerate(sketches):
        first = index if each is None else first_of.setdefault(each, index)
        near.join(first, index)
        once.append(each if first == index else None)
    return once


def _buckets(sketches: Sequence[Sketch | None]) -> Iterator[list[int]]:
    """Numbers whose hashes have 11 bits in common; a very large bucket is cut into pieces."""
    for band in range(_BANDS):
        found: dict[int, list[int]] = defaultdict(list)
        for index, each in enumerate(sketches):
            if each is not None:
                found[each.hash >> _WIDTH * band & (1 << _WIDTH) - 1].append(index)
        for bucket in found.values():
            bucket.sort(key=lambda index: sketches[index].hash)  # type: ignore[union-attr]
            for start in range(0, len(bucket), MOST):
                if len(piece := bucket[start : start + MOST]) > 1:
                    yield piece


def _unit(known: list[tuple[int, Sketch]]) -> NDArray[np.float32]:
    """The small copies as vectors of mean 0 and length 1, whose products are correlations."""
    grey = np.frombuffer(b"".join(each.grey for _, each in known), np.uint8)
    vectors = grey.reshape(len(known), -1).astype(np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(length, 1)
    return unit


def _alike(hashes: NDArray[np.uint64], unit: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    for first in range(len(hashes) - 1):
        differ = np.unpackbits((hashes[first + 1 :] ^ hashes[first]).view(np.uint8))
        close = np.flatnonzero(differ.reshape(-1, 64).sum(axis=1) <= BITS) + first + 1
        if len(close):
            others = close[unit[close] @ unit[first] > ALIKE]
            yield from ((first, int(other)) for other in others)


class _Joined:
    """Numbers that belong together, pair by pair."""

    def __init__(self, n: int) -> None:
        self.above = list(range(n))

    def top(self, index: int) -> int:
        while self.above[index] != index:
            self.above[index] = self.above[self.above[index]]
            index = self.above[index]
        return index

    def join(self, first: int, second: int) -> None:
        low, high = sorted((self.top(first), self.top(second)))
        self.above[high] = low

    def groups(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for index in range(len(self.above)):
            found[self.top(index)].append(index)
        return [group for group in found.values() if len(group) > 1]


def same(digests: Iterable[str]) -> list[list[int]]:
    """The numbers of equal digests, in groups of two and more; empty ones are never equal."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, digest in enumerate(digests):
        if digest:
            found[digest].append(index)
    return [group for group in found.values() if len(group) > 1]


def joined(n: int, *groupings: list[list[int]]) -> list[list[int]]:
    """Several groupings of `n` numbers as one: groups that share a number are one group."""
    together = _Joined(n)
    for group in (each for grouping in groupings for each in grouping):
        for first, second in pairwise(group):
            together.join(first, second)
    return together.groups()
