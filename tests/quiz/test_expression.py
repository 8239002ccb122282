from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from coursekit.quiz.expression import NoCondition, NoValue, names, parsed, value

KNOWN: dict[str, Any] = {
    "learn": SimpleNamespace(dls=SimpleNamespace(vocab=["cat", "dog"]), error=0.04),
    "row": {"error_rate": 0.1},
}


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        ("learn.error < 0.05", True),
        ("0 <= learn.error < 0.04", False),
        ("'cat' in learn.dls.vocab", True),
        ("'cow' not in learn.dls.vocab and not learn.error > 1", True),
        ("learn.dls.vocab == ['cat', 'dog']", True),
        ("learn.dls.vocab[-1] == 'dog'", True),
        ("row['error_rate'] == 0.1 or nothing.there", True),
        ("learn.error > 1 and nothing.there", False),
        ("-1 < 0", True),
        ("None is None", True),
    ],
)
def test_a_condition_is_worked_out(text: str, is_: bool) -> None:
    assert value(text, KNOWN) is is_


NO_CONDITIONS = """
print(1)
learn.error()
__import__('os')
learn.__class__
learn._dls
(lambda: 1)
[x for x in row]
{1: 2}
{1}
f'{learn}'
a := 1
a = 1
import os
1 if 2 else 3
await x
yield
(yield 1)
*row
row[0:1]
row[learn.error]
2 ** 10 ** 10
'a' * 10 ** 9
~1
learn..error
row['a'
"""


@pytest.mark.parametrize(
    "text",
    [*NO_CONDITIONS.strip().splitlines(), "", "\x00", "a" * 301, "not " * 20 + "1", "((((" * 20],
)
def test_what_could_do_something_is_no_condition(text: str) -> None:
    with pytest.raises(NoCondition):
        parsed(text)


@pytest.mark.parametrize(
    "text", ["learn.nothing", "row['nothing']", "learn.dls.vocab[9]", "row < 1"]
)
def test_what_the_variables_lack_is_told(text: str) -> None:
    with pytest.raises(NoValue, match="do not answer this yet"):
        value(text, KNOWN)


def test_a_property_that_raises_is_told() -> None:
    class Odd:
        @property
        def error(self) -> float:
            raise RuntimeError("boom")

    with pytest.raises(NoValue, match="RuntimeError"):
        value("odd.error < 1", {"odd": Odd()})


def test_the_names_of_a_condition_are_found() -> None:
    assert names("learn.error < answer and answer in row") == {"learn", "answer", "row"}


def test_a_mistake_has_its_column() -> None:
    with pytest.raises(NoCondition) as error:
        parsed("1 < len(row)")
    assert error.value.column == 5
