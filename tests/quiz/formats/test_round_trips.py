"""What a format holds comes back from it as it was."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support_questions import WILD, questions

from coursekit.quiz.formats import READERS, WRITERS, convert
from coursekit.quiz.formats.foreign import why_not
from coursekit.quiz.formats.gift_writing import TAG
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.kinds import (
    Choice,
    Code,
    Kind,
    MatchPairs,
    Number,
    OneChoice,
    PutInOrder,
    SeveralChoices,
    ShortText,
)
from coursekit.quiz.questionnaire import Question, Questionnaire, read

SOME = st.lists(questions() | questions(WILD), min_size=1, max_size=4, unique_by=lambda it: it.id)
TITLES = st.sampled_from(["A title: with a colon", "a/b", "/ [x] {y} \\n"])


@contextmanager
def a_file(ending: str) -> Iterator[Path]:
    """A path; Hypothesis must not have one of a fixture for all examples."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / f"file{ending}"


def there_and_back(it: Questionnaire, ending: str) -> tuple[Questionnaire | None, list[str]]:
    losses = Losses()
    text = WRITERS[ending](it, losses)
    with a_file(ending) as path:
        path.write_text(text, encoding="utf-8")
        again = Losses()
        found = READERS[ending](path, again) if text else None
    assert again.sentences() == []
    return found, losses.sentences()


def ours(it: Questionnaire) -> bool:
    return not why_not(it)


@given(TITLES, SOME)
def test_jupyterquiz_gives_back_all_that_it_can_ask(title: str, some: list[Question]) -> None:
    it = Questionnaire("some-id", title, tuple(some))
    assume(ours(it))
    found, losses = there_and_back(it, ".json")
    askable = OneChoice | SeveralChoices | Number | ShortText
    rest = tuple(question for question in some if isinstance(question.kind, askable))
    assert found == (replace(it, questions=rest) if rest else None)
    assert any(loss.startswith("Left out") for loss in losses) == (len(rest) < len(some))


def in_gift(it: Question) -> Question | None:
    """What GIFT holds of a question."""
    kind = in_gift_kind(it.kind)
    if kind is None:
        return None
    tags = tuple(tag for tag in it.tags if TAG.fullmatch(tag))
    section = " ".join(it.section.split())
    return replace(it, kind=kind, hints=(), difficulty=1, source="", tags=tags, section=section)


def in_gift_kind(kind: Kind) -> Kind | None:
    match kind:
        case PutInOrder() | Code():
            return None
        case Number():
            return replace(kind, unit="")
        case ShortText(accept, _, _, wrong):
            if any("->" in word for word in [*accept, *wrong]):
                return None
            said = {word: why.replace("->", "→") for word, why in wrong.items()}
            return replace(kind, typos=0, case=False, wrong=said)
        case MatchPairs(pairs):
            return MatchPairs(tuple((left.replace("->", "→"), right) for left, right in pairs))
        case _:
            return kind


@given(TITLES, SOME)
def test_gift_gives_back_all_that_it_holds(title: str, some: list[Question]) -> None:
    it = Questionnaire("some-id", title, tuple(some))
    assume(ours(it))
    found, losses = there_and_back(it, ".gift")
    rest = tuple(filter(None, map(in_gift, some)))
    assert found == (replace(it, questions=rest) if rest else None)
    lost = rest != tuple(some)
    assert losses or not lost


def test_true_or_false_stays_what_it_is(tmp_path: Path) -> None:
    for true, feedback in [(True, ""), (False, "So it is: C#"), (True, "#1 {a}")]:
        kind = OneChoice((Choice("True", true, feedback), Choice("False", not true)))
        it = Questionnaire("a", "b", (Question("q", "Is it?", kind, "So."),))
        assert there_and_back(it, ".gift") == (it, [])
        text = WRITERS[".gift"](it, Losses())
        assert ("TRUE" if true else "FALSE") in text
        assert "~" not in text


@pytest.mark.parametrize("ending", [".json", ".gift"])
def test_all_kinds_through_files(whole: str, tmp_path: Path, ending: str) -> None:
    (tmp_path / "lesson.md").write_text(whole, encoding="utf-8")
    there = convert(tmp_path / "lesson.md", tmp_path / f"x{ending}")
    back = convert(tmp_path / f"x{ending}", tmp_path / "again.md")
    assert back == []
    was, now = read(tmp_path / "lesson.md"), read(tmp_path / "again.md")
    assert (now.id, now.title) == (was.id, was.title)
    held = {".json": 4, ".gift": 6}[ending]
    assert len(now) == held
    if ending == ".json":
        assert now.questions == was.questions[:4]
        assert (
            "Left out, jupyterquiz can't ask this kind: q-free, q-order, q-pairs and q-code."
            in there
        )
    else:
        assert [it.kind.name for it in now.questions] == [
            "one",
            "several",
            "number",
            "text",
            "free",
            "pairs",
        ]
        assert "Left out, GIFT hasn't this kind: q-order and q-code." in there
        assert "Units are left out, GIFT has none: q-number." in there


def test_between_the_two_other_formats(whole: str, tmp_path: Path) -> None:
    paths = [
        tmp_path / f"x{n}{ending}"
        for n, ending in enumerate([".md", ".json", ".gift", ".json", ".md"])
    ]
    paths[0].write_text(whole, encoding="utf-8")
    for source, target in pairwise(paths):
        convert(source, target)
    assert [it.id for it in read(paths[-1]).questions] == [
        "q-one",
        "q-several",
        "q-number",
        "q-text",
    ]
