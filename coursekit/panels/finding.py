"""Which row of a list somebody means: its number there, its id or how that begins, or the thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from coursekit.core.errors import CourseError

It = TypeVar("It")


def id_in(which: Any) -> str:
    """The id that was given, or that of what was given: its `id`, or the name of its folder."""
    return getattr(which, "id", None) or Path(str(getattr(which, "folder", which))).name


def one_of(
    which: Any, shown: Sequence[It], known: Sequence[It], id_of: Callable[[It], str], what: str
) -> It:
    """The one that is meant.

    Args:
        which: Its number in what is shown, from 1; its id, or how that begins; what has that `id`;
            or a folder of that name, or what has that `folder`.
        shown: What has numbers.
        known: What has ids: `shown` and perhaps more.
        id_of: The id of one.
        what: What one is called, such as `run`.

    Raises:
        CourseError: There is none, or there are several.
    """
    if isinstance(which, int) and not isinstance(which, bool):
        if 0 < which <= len(shown):
            return shown[which - 1]
        raise CourseError(f"There is no {what} {which}. There are {len(shown)}, counted from 1.")
    id = id_in(which)
    found = [it for it in known if id and id_of(it).startswith(id)]
    if len(found) != 1:
        how = f"fits {len(found)} {what}s" if found else f"is no {what} here"
        raise CourseError(f"{id!r} {how}. Name one by its number in the list, or by its id.")
    return found[0]
