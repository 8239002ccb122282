"""What holds memory in this process, so that a person can let go of it. Looked up when asked."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from coursekit.machine import loaded, namespace, pools
from coursekit.machine.tensors import Finder, Size, frames

LARGE = 1_000_000
"""Bytes from which on something is worth a line."""

Kind = Literal["learner", "variable", "output", "error", "rest", "kept"]


class Mark:
    """Tells an object from one that comes in its place, and keeps neither alive.

    Args:
        it: The object.
        within: A tensor that it leads to, for what can't be referred to weakly, such as a list or
            dict: the next one is often made where the last one was.
    """

    def __init__(self, it: object, within: weakref.ref[Any] | None = None) -> None:
        self._key = id(it), id(type(it))
        try:
            self._alive: weakref.ref[Any] | None = weakref.ref(it)
        except TypeError:
            self._alive = within

    def fits(self, it: object) -> bool:
        """Whether it is that very object."""
        alive = self._alive is None or self._alive() is not None
        return alive and (id(it), id(type(it))) == self._key


@dataclass(frozen=True)
class Held:
    """Something that holds memory. It has names and a mark, so it keeps nothing alive.

    Attributes:
        kind: "learner"; "variable"; "output" of a cell; "error": what the functions of the last
            error's traceback held; "rest": what no name leads to, such as the intermediate results
            of a training; "kept": what PyTorch keeps for what comes next, with nothing in it.
        names: What the person calls it; of an output `_3`. Empty where nothing names it.
        size: Bytes. What two of them hold counts for the first alone.
        trains: Whether it is a learner that is at work.
        mark: Of what has names: tells whether a name still means it.
    """

    kind: Kind
    names: tuple[str, ...]
    size: Size
    trains: bool = False
    mark: Mark | None = field(default=None, compare=False, repr=False)


def holdings() -> list[Held]:
    """What holds at least a megabyte, what holds most of a GPU first.

    Takes about a second in a large process. Empty where PyTorch is not loaded.
    """
    torch = loaded.torch()
    if torch is None:
        return []
    found = list(_named(torch))
    on_gpu = sum(held.size.on_gpu for held in found)
    taken = pools.allocated()
    found.append(Held("rest", (), Size(max(0, taken - on_gpu))))
    found.append(Held("kept", (), Size(max(0, pools.reserved() - taken))))
    large = [it for it in found if it.size.on_gpu + it.size.in_memory >= LARGE]
    return sorted(large, key=lambda it: (it.size.on_gpu, it.size.in_memory), reverse=True)


def learners() -> list[Any]:
    """All learners of this process, also those in panels; none that could not be made."""
    loop = getattr(sys.modules.get("coursekit.learn.loop"), "Loop", None)
    if loop is None:
        return []
    found = [it for it in gc.get_objects() if issubclass(type(it), loop)]
    return [it for it in found if hasattr(it, "phase")]  # what is set last


def _named(torch: Any) -> Iterator[Held]:
    variables, outputs = namespace.variables(), namespace.outputs()
    finder = Finder(torch, met=[variables, outputs, *namespace.not_theirs()])
    called: dict[int, tuple[str, ...]] = {}
    for name, it in variables.items():
        called[id(it)] = (*called.get(id(it), ()), name)
    for learner in learners():
        mine = called.pop(id(learner), ())
        yield _held("learner", mine, learner, finder, trains=learner.busy)
    plain: list[tuple[str, ...]] = []
    leading: list[tuple[str, ...]] = []
    for names in called.values():
        is_plain = issubclass(type(variables[names[0]]), torch.Tensor | torch.nn.Module)
        (plain if is_plain else leading).append(names)
    for names in plain + leading:  # a tensor's own name comes before a list's that it is in
        yield _held("variable", names, variables[names[0]], finder)
    for name in sorted(outputs, reverse=True):  # `_12` before `_`, which is another name for it
        yield _held("output", (name,), outputs[name], finder)
    yield Held("error", (), _of_the_error(finder))


def _held(
    kind: Kind, names: tuple[str, ...], it: object, finder: Finder, trains: bool = False
) -> Held:
    size = finder.size(it)
    return Held(kind, names, size, trains, Mark(it, finder.first))


def _of_the_error(finder: Finder) -> Size:
    total = Size()
    for error in namespace.chain(namespace.last_error()):
        for frame in frames(error.__traceback__):
            total += finder.size(*gc.get_referents(frame))
    return total
