"""What a page is shown: enough to answer, and nothing that gives the answer away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from coursekit.quiz.keeping import Memory
from coursekit.quiz.kinds import NoAnswer, PutInOrder
from coursekit.quiz.questionnaire import Question, Questionnaire, parse
from coursekit.quiz.showing import in_file, on_page, overview, plain, shown, shuffled
from coursekit.quiz.sitting import Sitting

RIGHT: dict[str, Any] = {
    "q-one": 1,
    "q-several": [0, 1],
    "q-number": "0.2",
    "q-text": "valid set",
    "q-free": {"text": "Mine", "met": [True, True]},
    "q-order": [0, 1, 2, 3],
    "q-pairs": [0, 1, 2],
}


@pytest.fixture
def questions(whole: str) -> Questionnaire:
    marked = whole.replace("> No: *that*.", "> SECRET").replace("Because it is so.", "SECRET")
    return parse(marked.replace("\nSo.\n", "\nSECRET\n").replace("- says so", "- SECRET"))[0]


def at(sitting: Sitting, id: str) -> dict[str, Any]:
    sitting.go(id)
    return shown(sitting)


@pytest.mark.parametrize("id", RIGHT)
def test_places_on_the_page_and_in_the_file_lead_back_to_each_other(
    questions: Questionnaire, id: str
) -> None:
    question = questions[id]
    assert in_file(question, on_page(question, RIGHT[id])) == RIGHT[id]


def test_what_is_put_in_order_is_never_shown_in_order() -> None:
    for n in range(2, 5):
        for seed in range(50):
            items = tuple(f"{seed}-{i}" for i in range(n))
            question = Question("a", f"b{seed}", PutInOrder(items), "c")
            assert sorted(shuffled(question)) == list(range(n))
            assert shuffled(question) != list(range(n))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists))
def test_whatever_a_page_sends_is_an_answer_or_told(answer: Any) -> None:
    question = Question("a", "b", PutInOrder(("x", "y", "z")), "c")
    try:
        places = in_file(question, answer)
    except NoAnswer:
        return
    assert all(place in range(3) for place in places)


@pytest.mark.parametrize("id", RIGHT)
def test_an_exam_has_no_key_in_what_is_shown(questions: Questionnaire, id: str) -> None:
    exam = Sitting(questions, Memory(), exam=True)
    before = at(exam, id)
    exam.hint()
    exam.solve()
    exam.answer(RIGHT[id], id)
    after = at(exam, id)
    wrong = {"q-one": 0, "q-several": [2], "q-number": "7", "q-text": "no", "q-free": {"text": "x"}}
    other = Sitting(questions, Memory(), exam=True)
    other.answer(
        wrong.get(id, [*reversed(RIGHT[id])] if id in ("q-order", "q-pairs") else None), id
    )
    differs = {key for key, value in at(other, id).items() if value != after[key]}
    assert differs == {"written"}
    for it in (before, after):
        assert "SECRET" not in json.dumps(it)
        assert (it["feedback"], it["explanation"], it["solution"]) == ([], "", "")
    exam.hand_in()
    assert "SECRET" in json.dumps(at(exam, id))
    assert at(exam, id)["solution"]


def test_practice_explains_what_is_right_and_says_what_is_wrong(questions: Questionnaire) -> None:
    sitting = Sitting(questions, Memory())
    assert "SECRET" not in json.dumps(shown(sitting))
    sitting.answer(0)
    now = shown(sitting)
    assert (now["feedback"], now["explanation"], now["share"]) == (["<p>SECRET</p>"], "", 0)
    sitting.answer(1)
    now = shown(sitting)
    assert (now["feedback"], now["explanation"], now["share"]) == ([], "<p>SECRET</p>", 1)
    sitting.go("q-pairs")
    sitting.solve()
    assert "<li>epoch: a pass</li>" in shown(sitting)["solution"]


def test_a_model_answer_is_shown_once_something_was_written(questions: Questionnaire) -> None:
    sitting = Sitting(questions, Memory())
    assert at(sitting, "q-free")["model"] == ""
    sitting.draft({"text": "Mine", "compare": False})
    assert shown(sitting)["rubric"] == []
    sitting.draft({"text": "Mine", "compare": True})
    assert shown(sitting)["model"] == "<p>SECRET</p>"
    assert shown(sitting)["rubric"] == ["SECRET", "says why"]


def test_a_draft_is_shown_again(questions: Questionnaire) -> None:
    sitting = Sitting(questions, Memory())
    sitting.draft([3, 2, 1, 0], "q-order")
    question = questions["q-order"]
    assert in_file(question, at(sitting, "q-order")["written"]) == [3, 2, 1, 0]
    sitting.draft(["nonsense"], "q-order")
    assert at(sitting, "q-order")["written"] is None


def test_pictures_beside_the_file_are_shown(whole: str, tmp_path: Path) -> None:
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png")
    text = whole.replace("Which?\n\n- [ ] this", "Which? ![a curve](a.png)\n\n- [ ] this")
    sitting = Sitting(parse(text, tmp_path / "q.md")[0], Memory())
    assert '<img src="data:image/png;base64,' in shown(sitting)["text"]


def test_everything_shown_is_plain_json(questions: Questionnaire) -> None:
    sitting = Sitting(questions, Memory())
    for id, answer in RIGHT.items():
        sitting.answer(answer, id)
        assert json.loads(json.dumps(at(sitting, id))) == shown(sitting)
    rows = overview(sitting)
    assert json.loads(json.dumps(rows)) == rows
    assert [row["status"] for row in rows] == ["right"] * 7 + ["not attempted"]


def test_words_alone() -> None:
    assert plain("A **bold** `code`![a curve](c.png) of $x^2$ and [a link](http://a.example)") == (
        "A bold code of … and a link"
    )
