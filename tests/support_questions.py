"""Questions of all kinds, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from coursekit.quiz.kinds import (
    Choice,
    Code,
    FreeText,
    Kind,
    MatchPairs,
    Number,
    OneChoice,
    PutInOrder,
    SeveralChoices,
    ShortText,
)
from coursekit.quiz.numbers import Interval
from coursekit.quiz.questionnaire import Question

WORDS = st.text("abc xyz äß 123 $*_`\"':,#>-[]()|\\", min_size=1, max_size=30).filter(
    lambda it: it.strip() == it and it[0] not in "`#>|-~" and "\\" not in it
)
"""Words that our Markdown holds wherever they stand."""

WILD = (
    st.text("ab 1$*_`\"',#>-=~{}:|\\/%[]()<&\n", min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
)
"""Words that our Markdown may take for something else."""

NUMBERS = st.floats(-1e9, 1e9) | st.integers(-1000, 1000).map(float)
SECTIONS = ("", "Data", "Loss: what it is", "a/b\\n", "/ {odd} /")


@st.composite
def choice_kinds(draw: Any, words: Any) -> Kind:
    texts = draw(st.lists(words, min_size=2, max_size=5, unique=True))
    right = draw(st.sets(st.sampled_from(range(len(texts))), min_size=1))
    said = draw(st.lists(words | st.just(""), min_size=len(texts), max_size=len(texts)))
    rows = zip(range(len(texts)), texts, said, strict=True)
    choices = tuple(Choice(text, n in right, feedback) for n, text, feedback in rows)
    one = len(right) == 1 and draw(st.booleans())
    return OneChoice(choices) if one else SeveralChoices(choices)


def number_kinds(words: Any) -> Any:
    around = st.builds(Interval.around, NUMBERS, st.floats(0, 1e3))
    between = st.tuples(NUMBERS, NUMBERS).map(lambda it: Interval(min(it), max(it)))
    return st.builds(Number, around | between, words | st.just(""))


def pair_kinds(words: Any) -> Any:
    cells = words.map(lambda it: " ".join(it.split()))
    lefts = st.lists(cells, min_size=2, max_size=5, unique=True)
    return st.builds(
        lambda left, right: MatchPairs(tuple((it, right) for it in left)), lefts, cells
    )


def kinds(words: Any) -> Any:
    several = st.lists(words, min_size=2, max_size=5, unique=True).map(tuple)
    wrong = st.dictionaries(words, words)
    return st.one_of(
        choice_kinds(words),
        number_kinds(words),
        st.builds(ShortText, several, st.integers(0, 3), st.booleans(), wrong),
        st.builds(FreeText, words, several),
        st.builds(PutInOrder, several),
        pair_kinds(words),
        st.just(Code("learn.loss < 1")),
    )


def questions(words: Any = WORDS) -> Any:
    """Questions whose texts are of `words`."""
    return st.builds(
        Question,
        id=st.uuids().map(str),
        text=words,
        kind=kinds(words),
        explanation=words,
        hints=st.lists(words, max_size=3).map(tuple),
        section=st.sampled_from(SECTIONS),
        difficulty=st.integers(1, 3),
        tags=st.lists(words, max_size=2).map(tuple),
        source=words | st.just(""),
    )
