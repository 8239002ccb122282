"""A row of a table as JSON has it, and back, with every value checked against its column.

SQLite takes any text in any column, so a file that somebody changed is checked here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, String

from coursekit.store.tables import Moment

DEEPEST = 50
"""Lists and objects within one another in a value."""

ANYTHING = ("answer",)
"""Columns that hold any JSON; the others hold an object."""


class Misfit(Exception):
    """What is wrong with a file, a part of a sentence."""


def as_json(value: Any) -> Any:
    """A value of a row as JSON holds it: times as text, no numbers that are none."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: as_json(it) for name, it in value.items()}
    return [as_json(it) for it in value] if isinstance(value, list) else value


def checked(table: str, columns: Mapping[str, Column[Any]], row: Any) -> dict[str, Any]:
    """A row of a file as the database takes it.

    Args:
        table: Its name, to be said.
        columns: By name.
        row: What the file has.

    Raises:
        Misfit: It lacks something, has too much, or a value does not fit its column.
    """
    if not isinstance(row, dict) or set(row) != set(columns):
        raise Misfit(f"it is damaged: a row of {table} has not the columns that it should have")
    made = {}
    for name, column in columns.items():
        try:
            made[name] = _value(column, row[name])
        except (TypeError, ValueError, OverflowError):
            raise Misfit(f"it is damaged: a row of {table} has no {name} as it should be") from None
    return made


def shortened(text: str) -> str:
    """At most so much of a text that a sentence can hold it, without what can't be shown."""
    return ascii(text[:40])


def _value(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, JSON):
        return _json(value, column.name in ANYTHING)
    if value is None and column.nullable:
        return None
    return next(make(column, value) for kind, make in MADE if isinstance(column.type, kind))


def _json(value: Any, may_be_anything: bool) -> Any:
    if not may_be_anything and not isinstance(value, dict):
        raise TypeError
    level = [value]
    for _ in range(DEEPEST):  # level by level, as calls within calls would come to their end
        if any(isinstance(it, float) and not math.isfinite(it) for it in level):
            raise ValueError  # 1e999 is read as infinite
        level = [part for it in level if isinstance(it, dict | list) for part in _parts(it)]
        if not level:
            return value
    raise ValueError


def _parts(it: Any) -> list[Any]:
    return list(it.values()) if isinstance(it, dict) else it


def moment(value: Any) -> datetime:
    """A time that `as_json` made a text of.

    Raises:
        TypeError, ValueError: It is none.
    """
    found = datetime.fromisoformat(value)
    if found.tzinfo is None or not 1 < found.year < 9999:  # or the zone could lead out of all time
        raise ValueError
    return found.astimezone(UTC)


def _time(_: Column[Any], value: Any) -> datetime:
    return moment(value)


def _text(column: Column[Any], value: Any) -> str:
    longest = column.type.length  # type: ignore[attr-defined]
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise ValueError
    value.encode()  # half a sign is no text
    if column.primary_key and not value:
        raise ValueError
    return value


def _truth(_: Column[Any], value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole(column: Column[Any], value: Any) -> int:
    bits = 63 if isinstance(column.type, BigInteger) else 31
    if type(value) is not int or not -(2**bits) <= value < 2**bits:
        raise ValueError
    return value


def _number(_: Column[Any], value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError
    return float(value)


MADE: tuple[tuple[type, Callable[[Column[Any], Any], Any]], ...] = (
    (Moment, _time),
    (String, _text),
    (Boolean, _truth),
    (Integer, _whole),
    (Float, _number),
)
"""How a value of each kind of column is checked; the first kind that fits."""
