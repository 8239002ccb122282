"""The names that a person has given things: a notebook's variables and outputs, or a script's."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

from coursekit.core.kernel import shell

OUTPUT = re.compile(r"_\d+|_{1,3}")
"""What IPython calls the results of cells: `_12`, `_`, `__`, `___`."""


def variables() -> dict[str, Any]:
    """What a person has made and named, or imported."""
    hidden = getattr(shell(), "user_ns_hidden", {})
    return {
        name: it
        for name, it in _listed()
        if not (name.startswith("__") or OUTPUT.fullmatch(name) or hidden.get(name, _names) is it)
    }


def outputs() -> dict[str, Any]:
    """What cells gave, by the names that IPython has for it."""
    return {name: it for name, it in _listed() if OUTPUT.fullmatch(name)}


def not_theirs() -> list[object]:
    """What leads to all names at once, and so says nothing of any."""
    names = _names()
    return [names, names.get("_oh"), shell(), sys.modules]


def meaning(names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """What these names mean now, without those that mean nothing any more."""
    known = _names()
    return ((name, known[name]) for name in names if name in known)


def forget(name: str) -> None:
    """Deletes what has this name, under every name and among the outputs."""
    names, ours = _names(), shell()
    if name not in names:
        return
    if ours is not None and ours.last_execution_result is not None:
        ours.del_var(name)
        return
    it = names[name]
    for other in [other for other, its in _listed() if its is it]:
        del names[other]


def last_error() -> BaseException | None:
    """The error that was shown last; Python keeps it, and with it all that its functions held."""
    return getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it came from."""
    met: set[int] = set()
    waiting = [error]
    while waiting:
        it = waiting.pop()
        if it is not None and id(it) not in met:
            met.add(id(it))
            yield it
            waiting += [it.__cause__, it.__context__, *getattr(it, "exceptions", ())]


def forget_error() -> None:
    """Lets go of what the functions of the last error's traceback held; its text has been shown."""
    for error in chain(last_error()):
        traceback.clear_frames(error.__traceback__)
    for name in ("last_exc", "last_value", "last_type", "last_traceback"):
        if hasattr(sys, name):
            delattr(sys, name)


def _listed() -> list[tuple[str, Any]]:
    """As of one moment: a cell may make names meanwhile."""
    return list(_names().items())


def _names() -> dict[str, Any]:
    ours = shell()
    return vars(sys.modules["__main__"]) if ours is None else ours.user_ns
