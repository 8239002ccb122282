"""An exported file, read part by part, and each part checked: it may be damaged, or anybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table

from coursekit.core.errors import CourseError
from coursekit.store import done, naming, rows
from coursekit.store.jsonstream import Damaged, Pieces
from coursekit.store.rows import Misfit
from coursekit.store.tables import Attempt, Base, Card, Place, Run, Stretch

FORMAT = 2
"""1 had no `learner`, no `done` and no `stretches`."""

TABLES = {
    it.__tablename__: Base.metadata.tables[it.__tablename__]
    for it in (Attempt, Place, Card, Run, Stretch)
}
"""What belongs to a learner, in the order of the file."""

OWNER = "learner_id"
MARK = 32
"""Characters of `me.mark`."""

Part = tuple[str, Any]


class CannotImport(CourseError):
    """A file that can't be taken in; nothing of it was."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} can't be imported: {why}. Nothing was changed.")


@contextmanager
def parts_of(path: Path) -> Iterator[Iterator[Part]]:
    """The parts of a file, one after another: (name, value), the rows of a table as an iterator.

    Rows that nobody takes are checked all the same.

    Raises:
        CannotImport: In the block, too: the file is damaged, or a later version wrote it.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield _parts(Pieces(file))
    except OSError as error:
        why = f"it can't be read ({(error.strerror or '').lower()})"
        raise CannotImport(path, why) from None
    except Damaged:
        raise CannotImport(path, "it is damaged, or no JSON at all") from None
    except Misfit as error:
        raise CannotImport(path, str(error)) from None


def _parts(pieces: Pieces) -> Iterator[Part]:
    format, seen = 0, set[str]()
    for name in pieces.names():
        if name in seen or (name != "format" and not seen):
            raise Misfit("it is no export of `coursekit store export`")
        seen.add(name)
        if name == "format":
            format = _format(pieces.value())
        elif name in VALUES and SINCE[name] <= format:
            yield name, VALUES[name](pieces.value())
        elif name in TABLES and SINCE[name] <= format:
            found = _rows(TABLES[name], pieces)
            yield name, found
            for _ in found:
                pass
        else:
            raise Misfit(f"it is damaged: there is no table {rows.shortened(name)}")
    wanted = {"format", *(name for name, since in SINCE.items() if since <= (format or 1))}
    if missing := wanted - seen:
        raise Misfit(f"it is damaged: it has no {min(missing)}")


def _rows(table: Table, pieces: Pieces) -> Iterator[dict[str, Any]]:
    columns = {column.name: column for column in columns_of(table)}
    for it in pieces.items():
        yield rows.checked(table.name, columns, it)


def columns_of(table: Table) -> list[Column[Any]]:
    """The columns that the file has."""
    return [column for column in table.columns if column.name != OWNER]


def _format(found: Any) -> int:
    if type(found) is int and found > FORMAT:
        raise Misfit("a later version of coursekit wrote it, so install that one first")
    if type(found) is not int or found < 1:
        raise Misfit("its format is none that there is")
    return found


def _name(found: Any) -> str:
    if found == "":
        return ""
    try:
        return naming.checked(found if isinstance(found, str) else "")
    except naming.NoName:
        raise Misfit("it is damaged: the name in it is none") from None


def _learner(found: Any) -> str:
    if not isinstance(found, str) or len(found) not in (0, MARK):
        raise Misfit("it is damaged: it does not say whose it is as it should")
    return found


VALUES: Mapping[str, Callable[[Any], Any]] = {
    "name": _name,
    "learner": _learner,
    "done": done.checked,
}
SINCE = {"name": 1, "learner": 2, "done": 2, **dict.fromkeys(TABLES, 1), "stretches": 2}
"""The format that had a part first; since then every file has it."""
