"""Text in the cells of a spreadsheet."""

from __future__ import annotations

import re
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
