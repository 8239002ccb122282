"""Which of PyTorch's memory an object keeps alive, found by following Python's references."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

SHARED = (ModuleType, type, CodeType, FrameType, BuiltinFunctionType)
"""From these one gets to everything, and nobody would say that it is theirs."""


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes on GPUs and in the main memory."""

    on_gpu: int = 0
    in_memory: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.on_gpu + other.on_gpu, self.in_memory + other.in_memory)


class Finder:
    """Follows references; each object, and each piece of memory, counts for who comes first.

    Args:
        torch: The module, loaded.
        met: Objects that are not followed.

    Attributes:
        first: The first tensor that counted for the roots of the last `size`; it isn't kept alive.
    """

    def __init__(self, torch: Any, met: Iterable[object] = ()) -> None:
        self._tensor = torch.Tensor
        self._met = {id(it) for it in met}
        self._counted: set[tuple[str, int]] = set()
        self.first: weakref.ref[Any] | None = None

    def size(self, *roots: object) -> Size:
        """What can be reached from `roots` and nobody before them has reached."""
        total, self.first = Size(), None
        waiting = list(roots)
        while waiting:
            it = waiting.pop()
            if id(it) in self._met:
                continue
            self._met.add(id(it))
            if issubclass(type(it), self._tensor):
                total += self.count(it)
                self.first = self.first or weakref.ref(it)
            waiting += _referents(it)
        return total

    def count(self, tensor: Any) -> Size:
        """The memory of a tensor and its gradient, unless it was counted before."""
        total = self._memory(tensor)
        if tensor.is_leaf and tensor.grad is not None:
            total += self._memory(tensor.grad)
        return total

    def _memory(self, tensor: Any) -> Size:
        try:
            storage = tensor.untyped_storage()
            key, size = (str(tensor.device), storage.data_ptr()), storage.nbytes()
        except (RuntimeError, NotImplementedError):  # sparse or without memory
            return Size()
        if key in self._counted or tensor.device.type == "meta":
            return Size()
        self._counted.add(key)
        return Size(in_memory=size) if tensor.device.type == "cpu" else Size(on_gpu=size)


def _referents(it: object) -> Iterable[object]:
    kind = type(it)  # isinstance would wake proxies
    if kind is FunctionType:
        function: Any = it
        return [*(function.__closure__ or ()), *(function.__defaults__ or ())]  # not its globals
    return () if issubclass(kind, SHARED) else gc.get_referents(it)


def frames(traceback: TracebackType | None) -> Iterator[FrameType]:
    """The functions that a traceback keeps alive."""
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next
