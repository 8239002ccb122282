"""What people wrote, in the cells of a spreadsheet."""

from __future__ import annotations

import pytest

from coursekit.core.cells import cell

COMPUTED = [
    *("=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  @x", "=HYPERLINK(0)"),
    *("-x", "+", "-", "=cmd|'/c calc'!A0", "-1-1", "+1,2+cmd", "-inf", "\uff1d1+1", "-1e5+2"),
]


@pytest.mark.parametrize("text", COMPUTED)
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "value",
    [-0.5, "-0.5", "-0,5", "+3", "-.5", "1e-3", -1e-7, 7, "a=b", "'=1", "", None, True, "word"],
)
def test_numbers_and_words_stay_as_they_are(value: object) -> None:
    assert cell(value) == ("" if value is None else str(value))
