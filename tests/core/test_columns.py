"""Text in columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.core.columns import beside, printable, width, wrapped


def test_words_stay_whole_where_they_fit() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("one two three", 3) == ["one", "two", "thr", "ee"]
    assert wrapped("", 5) == [""]


def test_what_is_too_long_is_cut_and_said_to_be() -> None:
    assert wrapped("one two three four", 7, 2) == ["one two", "three…"]
    assert wrapped("abcdefghij", 4, 1) == ["abc…"]


def test_letters_fill_the_cells_that_a_terminal_gives_them() -> None:
    assert width("深度学习") == 8
    assert width("e\u0301") == 1
    assert wrapped("深度学习", 4) == ["深度", "学习"]


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J", "\r", "\x07", "\u202e", "\ud800", "\x9b31m", "\x00"]
)
def test_nothing_steers_the_terminal(hostile: str) -> None:
    shown = printable(f"a{hostile}b")
    assert set(shown) <= set("ab [2J31m")
    shown.encode()


def test_cells_of_several_lines_stand_side_by_side() -> None:
    made = beside([["one", "two"], ["1"], ["x"]], [4, 3, 2], [1])
    assert made == "one     1  x\ntwo"


@given(st.text(max_size=200), st.integers(3, 30), st.integers(0, 4))
def test_no_line_is_wider_than_its_column(text: str, wide: int, most: int) -> None:
    lines = wrapped(text, wide, most)
    assert max(map(width, lines)) <= wide
    assert not most or len(lines) <= most
    if not most:
        assert "".join(lines).replace(" ", "") == printable(text).replace(" ", "")
