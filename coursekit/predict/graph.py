"""Which weights an ONNX graph takes from outside, read from its protobuf bytes.

A graph can name any file, or a place in memory, as the home of its weights, and ONNX Runtime would
read there. So every such name is checked first, in the few fields of `onnx.proto` that matter here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

# Field numbers of onnx.proto that lead to a tensor, by kind of message.
_INSIDE = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
_DIMS, _DATA_TYPE, _NAME, _EXTERNAL, _LOCATION = 1, 2, 8, 13, 14
_TYPES: dict[int, DTypeLike] = {
    1: np.float32,
    2: np.uint8,
    3: np.int8,
    4: np.uint16,
    5: np.int16,
    6: np.int32,
    7: np.int64,
    9: np.bool_,
    10: np.float16,
    11: np.float64,
    12: np.uint32,
    13: np.uint64,
}


class OutsideTensor(NamedTuple):
    """Weights that a graph takes from `location`: `length` bytes from `offset` on."""

    name: str
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    location: str
    offset: int
    length: int

    def values(self, data: bytes) -> NDArray[np.generic]:
        """The weights, without a copy: a view of `data`, the whole content of `location`."""
        flat = np.frombuffer(data, self.dtype, math.prod(self.shape), self.offset)
        return flat.reshape(self.shape)


def outside_tensors(graph: bytes) -> list[OutsideTensor]:
    """Every tensor anywhere in an ONNX model whose values are not in the model itself.

    Raises:
        ValueError: These bytes are no ONNX model, or a tensor's description is incomplete.
    """
    found: list[OutsideTensor] = []
    todo: list[tuple[str, memoryview]] = [("model", memoryview(graph))]
    while todo:
        kind, message = todo.pop()
        if kind == "tensor":
            found += _outside(message)
            continue
        for number, value in _fields(message):
            if (inner := _INSIDE[kind].get(number)) and isinstance(value, memoryview):
                todo.append((inner, value))
    return found


def _outside(message: memoryview) -> Iterator[OutsideTensor]:
    fields = list(_fields(message))
    entries = [_entry(value) for number, value in fields if number == _EXTERNAL]
    if not entries and (_LOCATION, 1) not in fields:
        return
    described = dict(entries)
    if len(described) < len(entries) or "location" not in described:
        raise ValueError("weights from outside need one location")
    one = dict(fields)
    tensor = OutsideTensor(
        name=_text(one.get(_NAME, b"")),
        dtype=np.dtype(_TYPES.get(_number(one.get(_DATA_TYPE)), np.void)),
        shape=tuple(_dims(fields)),
        location=described["location"],
        offset=int(described.get("offset", "0")),
        length=int(described.get("length", "-1")),
    )
    if tensor.offset < 0 or tensor.length != math.prod(tensor.shape) * tensor.dtype.itemsize:
        raise ValueError("the length of weights from outside does not fit their shape")
    yield tensor


def _entry(value: int | memoryview) -> tuple[str, str]:
    fields = dict(_fields(value)) if isinstance(value, memoryview) else {}
    return _text(fields.get(1, b"")), _text(fields.get(2, b""))


def _dims(fields: list[tuple[int, int | memoryview]]) -> Iterator[int]:
    for number, value in fields:
        if number == _DIMS:
            yield from [value] if isinstance(value, int) else _packed(value)


def _packed(view: memoryview) -> Iterator[int]:
    at = 0
    while at < len(view):
        value, at = _varint(view, at)
        yield value


def _fields(view: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a protobuf message: number, and integer or bytes."""
    at = 0
    while at < len(view):
        key, at = _varint(view, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(view, at)
            yield key >> 3, value
            continue
        length, at = _length(view, at, kind)
        if at + length > len(view):
            raise ValueError("a field ends beyond its message")
        yield key >> 3, view[at : at + length]
        at += length


def _length(view: memoryview, at: int, kind: int) -> tuple[int, int]:
    if kind == 2:
        return _varint(view, at)
    if kind in (1, 5):
        return (8 if kind == 1 else 4), at
    raise ValueError("a field of a kind that ONNX does not use")


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(view):
            raise ValueError("the message ends within a number")
        value |= (view[at] & 127) << shift
        at += 1
        if view[at - 1] < 128:
            return value, at
    raise ValueError("a number of more than ten bytes")


def _text(value: int | bytes | memoryview) -> str:
    if isinstance(value, int):
        raise ValueError("a number where a text should be")
    return bytes(value).decode()


def _number(value: int | memoryview | None) -> int:
    return value if isinstance(value, int) else 0
