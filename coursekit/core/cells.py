"""Text in the cells of a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a cell begins with that a spreadsheet may compute; the last four are full-width."""

NUMERAL = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)


def cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula; numbers stay numbers.

    Source: CSV injection, OWASP.
    """
    text = "" if value is None else str(value)
    if text.lstrip(" ").startswith(FORMULA) and not NUMERAL.fullmatch(text):
        return f"'{text}"
    return text


def table(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Comma-separated values with a header: of each row the values of these names, as cells.

    Numbers are written as they are, also those that are infinite or none.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(cell, names))
    for row in rows:
        values = (row.get(name) for name in names)
        writer.writerow([it if isinstance(it, int | float) else cell(it) for it in values])
    return text.getvalue()
