"""One learner's results in a file."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.core.errors import CourseError
from coursekit.quiz import results
from coursekit.quiz.keeping import Stored
from coursekit.quiz.questionnaire import Questionnaire, parse
from coursekit.quiz.results import NoResults
from coursekit.quiz.sitting import Sitting
from coursekit.store import answers, me
from coursekit.store.database import Database

RIGHT_AWAY = {"share": 1, "answer": 1, "by_oneself": False, "hints": 0}
GOOD: dict[str, Any] = {
    "format": 1,
    "questionnaire": "lesson-1",
    "name": "Ada",
    "questions": [
        {"id": "a", "revision": "r", "attempts": [{**RIGHT_AWAY, "at": "2026-05-04T12:00:00Z"}]}
    ],
}


@pytest.fixture
def questions(whole: str) -> Questionnaire:
    return parse(whole)[0]


def test_results_hold_answers_and_a_chosen_name_and_no_id(
    database: Database, questions: Questionnaire, tmp_path: Path
) -> None:
    sitting = Sitting(questions, Stored(lambda: database))
    sitting.hint("q-one")
    sitting.answer(0, "q-one")
    sitting.answer(1, "q-one")
    sitting.answer({"text": "Sö.", "met": [True, False]}, "q-free")
    written = results.of_learner(questions, database)
    assert "name" not in written
    with database.writing() as session:
        learner = answers.the_learner(session, "Ada").id
    path = tmp_path / "results.json"
    results.write(results.of_learner(questions, database), path)
    assert learner not in path.read_text()
    found = results.read(path)
    assert (found.questionnaire, found.name, found.called) == ("lesson-1", "Ada", "Ada")
    one = found.given["q-one", questions["q-one"].revision]
    assert [(it.answer, it.share) for it in one] == [(0, 0), (1, 1)]
    assert one[0].at < one[1].at
    (free,) = found.given["q-free", questions["q-free"].revision]
    assert (free.answer["text"], free.by_oneself) == ("Sö.", True)
    assert len(found.given) == len(questions)  # those without an answer, too
    assert found.answers == 3


def test_an_exam_is_in_the_results_once_it_is_handed_in(
    database: Database, questions: Questionnaire
) -> None:
    exam = Sitting(questions, Stored(lambda: database), exam=True)
    exam.answer(0, "q-one")
    before = results.of_learner(questions, database)
    assert not any(it["attempts"] for it in before["questions"])
    exam.hand_in()
    (tried,) = results.of_learner(questions, database)["questions"][0]["attempts"]
    assert (tried["answer"], tried["exam"]) == (0, True)


def test_an_earlier_wording_stays_apart(
    database: Database, questions: Questionnaire, whole: str
) -> None:
    Sitting(questions, Stored(lambda: database)).answer(1, "q-one")
    reworded = parse(whole.replace("Which?", "Which one?"))[0]
    rows = results.of_learner(reworded, database)["questions"]
    one = [(it["revision"], len(it["attempts"])) for it in rows if it["id"] == "q-one"]
    assert one == [(reworded["q-one"].revision, 0), (questions["q-one"].revision, 1)]


def test_whoever_answered_nothing_has_results_and_is_not_made_a_learner(
    database: Database, questions: Questionnaire
) -> None:
    written = results.of_learner(questions, database)
    assert [it["attempts"] for it in written["questions"]] == [[]] * len(questions)
    assert me.kept() == ""


def test_results_that_cannot_be_written_are_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "gone" / "r.json", tmp_path):
        with pytest.raises(CourseError, match=r"can't be written \("):
            results.write(GOOD, path)


def changed(*where: Any, to: Any) -> Any:
    """The good file with one part of it another."""
    found = deepcopy(GOOD)
    part: Any = found
    for step in where[:-1]:
        part = part[step]
    if to is KeyError:
        del part[where[-1]]
    else:
        part[where[-1]] = to
    return found


TRIED = ("questions", 0, "attempts", 0)
ODD = [None, True, -1, 2, 10**400, "x", [], {}, [1], {"a": 1}]
DAMAGED = [
    *([1], "x", None, 3, {}, {"format": 1}, {"questionnaire": "a"}),
    *(changed(key, to=KeyError) for key in ("format", "questionnaire", "questions")),
    *(changed("questions", to=it) for it in (None, 3, {}, "x", [None], [[]], [{}], ["x"])),
    *(changed("name", to=it) for it in (None, 3, [], "x" * 121)),
    *(changed("questionnaire", to=it) for it in (None, 3, "", "x" * 121)),
    *(changed("questions", 0, "id", to=it) for it in (None, 3, "", [], KeyError)),
    *(changed("questions", 0, "revision", to=it) for it in (None, 3, "", KeyError)),
    *(changed("questions", 0, "attempts", to=it) for it in (None, 3, [None], [[]], "x", KeyError)),
    *(changed(*TRIED, "share", to=it) for it in ODD),
    *(changed(*TRIED, "hints", to=it) for it in (None, True, -1, 0.5, 10**400, "1", KeyError)),
    *(changed(*TRIED, "by_oneself", to=it) for it in (None, 0, 1, "true", KeyError)),
    *(changed(*TRIED, "at", to=it) for it in ("", "x", "2026-05-04T12:00:00", 3, None, KeyError)),
    *(changed(*TRIED, "at", to=it) for it in ("0001-01-01T00:00+14:00", "9999-12-31T00:00-14:00")),
    changed(*TRIED, "answer", to=KeyError),
    *(changed("format", to=it) for it in (0, "1", True, None, [1])),
]


@pytest.mark.parametrize(
    "text",
    [
        *(json.dumps(it) for it in DAMAGED),
        *("", "{", "not JSON", "[" * 100_000, '{"a":' * 100_000, "\ufeff", "\x00"),
        json.dumps(GOOD).replace('"share": 1', '"share": NaN'),
        json.dumps(GOOD).replace('"share": 1', '"share": Infinity'),
        json.dumps(GOOD).replace('"share": 1', '"share": 1e999'),
        json.dumps(GOOD).replace('"hints": 0', '"hints": ' + "9" * 10_000),
        json.dumps(GOOD)[:-1],
        json.dumps(GOOD) + "}",
    ],
    ids=lambda it: it[:20],
)
def test_a_damaged_file_is_one_sentence_that_names_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "r.json"
    file.write_text(text)
    with pytest.raises(NoResults) as error:
        results.read(file)
    said = str(error.value)
    assert said.startswith(f"{file} is left out: it")
    assert said.endswith(".")
    assert len(said) < len(str(file)) + 120


def test_other_damage_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "r.json"
    with pytest.raises(NoResults, match=r"can't be read \(no such file"):
        results.read(file)
    with pytest.raises(NoResults, match="can't be read"):
        results.read(tmp_path)
    file.write_bytes(b"\xff\xfe{}")
    with pytest.raises(NoResults, match="damaged"):
        results.read(file)
    file.write_text(json.dumps(changed("format", to=2)))
    with pytest.raises(NoResults, match="a later version of coursekit wrote it"):
        results.read(file)
    monkeypatch.setattr(results, "LARGEST", 10)
    with pytest.raises(NoResults, match="far larger"):
        results.read(file)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_text(json.dumps(GOOD), encoding="utf-8-sig")
    assert results.read(file).name == "Ada"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda it: st.lists(it, max_size=3) | st.dictionaries(st.text(max_size=5), it, max_size=3),
    max_leaves=10,
)
PATHS = [("format",), ("questions",), ("questions", 0), ("questions", 0, "attempts"), TRIED]


@given(st.sampled_from([*PATHS, *((*TRIED, key) for key in GOOD["questions"][0]["attempts"][0])]),
       JSON)  # fmt: skip
def test_whatever_stands_somewhere_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, where: tuple[Any, ...], to: Any
) -> None:
    file = tmp_path_factory.mktemp("r") / "r.json"
    file.write_text(json.dumps(changed(*where, to=to)))
    with suppress(NoResults):
        assert results.read(file).questionnaire == "lesson-1"
