"""Letting go of memory on the GPU, without losing what somebody made."""

from __future__ import annotations

import gc
from contextlib import suppress

from coursekit.core.errors import CourseError
from coursekit.machine import namespace, pools
from coursekit.machine.holding import Held, learners


class NobodysName(CourseError):
    """Nothing names what should be dropped."""

    def __init__(self) -> None:
        super().__init__(
            "No name leads to this, so it cannot be dropped alone. Free GPU memory moves learners "
            "and lets go of what is not in use; restarting the kernel frees everything."
        )


class SomethingElse(CourseError):
    """A name means another object than when memory was looked for."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is something else now, so nothing was deleted. Look again for what holds "
            "memory."
        )


def free() -> int:
    """Frees what can be freed of the GPU without losing anything.

    Learners that are not at work move to the main memory, and back when they are used again; what
    the last error's traceback held is dropped, as is what PyTorch keeps for what comes next.
    Variables and outputs stay: see `drop`.

    Returns:
        Bytes that PyTorch gave back.
    """
    before = pools.reserved()
    namespace.forget_error()
    try:
        for learner in learners():
            with suppress(CourseError):  # it trains
                learner.rest()
    finally:
        given = _given_back(before)
    return given


def drop(held: Held) -> int:
    """Deletes what `holding.holdings` has listed, with all its names.

    Returns:
        Bytes that PyTorch gave back; 0 where something else leads to the same.

    Raises:
        NobodysName: It has no name.
        SomethingElse: One of its names means another object now.
    """
    before = pools.reserved()
    if held.kind == "error":
        namespace.forget_error()
    elif held.kind in ("learner", "variable", "output"):
        if not held.names:
            raise NobodysName
        _forget(held)
    elif held.kind == "rest":
        raise NobodysName
    return _given_back(before)


def _forget(held: Held) -> None:
    known = list(namespace.meaning(held.names))
    for name, it in known:
        if held.mark and not held.mark.fits(it):
            raise SomethingElse(name)
    if known:
        namespace.forget(known[0][0])


def _given_back(before: int) -> int:
    gc.collect()  # a learner and its callbacks lead to each other
    pools.empty()
    return max(0, before - pools.reserved())
