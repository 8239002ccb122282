"""JSON of jupyterquiz that others wrote, and what ours cannot hold of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursekit.core.errors import CourseError
from coursekit.quiz.formats import convert
from coursekit.quiz.kinds import Choice, Number, OneChoice, SeveralChoices, ShortText
from coursekit.quiz.numbers import Interval
from coursekit.quiz.questionnaire import Mistakes, Question, read

Read = Callable[[str], Any]
CHOICES: list[dict[str, Any]] = [
    {"answer": "5", "correct": True, "feedback": "Yes."},
    {"answer": "6", "correct": False, "feedback": "No, <b>6</b> is even."},
]


def asked(type: str, answers: list[Any], **more: Any) -> dict[str, Any]:
    return {"question": "What is it?", "type": type, "answers": answers, **more}


def only(from_json: Read, item: dict[str, Any]) -> tuple[Question, list[str]]:
    found, losses = from_json(json.dumps([item]))
    (question,) = found.questions
    return question, losses


def test_choices_of_others_are_read(from_json: Read) -> None:
    item = asked("multiple_choice", CHOICES, answer_cols=2)
    found, losses = from_json(json.dumps([item, item, {**item, "question": "日本"}]))
    assert losses == []
    assert (found.id, found.title) == ("some-quiz", "some-quiz")
    assert [it.id for it in found.questions] == ["what-is-it", "what-is-it-2", "question"]
    first = found.questions[0]
    assert first.kind == OneChoice((Choice("5", True), Choice("6", False, "No, **6** is even.")))
    assert (first.text, first.explanation) == ("What is it?", "Yes.")


def test_several_choices_and_code(from_json: Read) -> None:
    answers = [
        {"code": "if x &lt; 1:\n    y = 'a'", "correct": True},
        {"answer": "this", "code": "`z`", "correct": True},
        {"answer": "__init__", "correct": False},
    ]
    item = asked("many_choice", answers, code="x = 0\n# one\ny = '```'")
    question, losses = only(from_json, item)
    assert losses == []
    assert question.text == "What is it?\n\n````\nx = 0\n# one\ny = '```'\n````"
    assert isinstance(question.kind, SeveralChoices)
    first, second, third = (choice.text for choice in question.kind.choices)
    assert first == "`if x < 1:`\\\n`\xa0\xa0\xa0\xa0y = 'a'`"
    assert second == "this\n\n`` `z` ``"
    assert third == r"\__init_\_"
    assert question.explanation == "No explanation was given."


@pytest.mark.parametrize(
    ("answers", "more", "within", "loss"),
    [
        ([{"value": 3, "correct": True}], {}, Interval.around(3, 0), ""),
        ([{"value": 3.14159, "correct": True}], {"precision": 3}, Interval.around(3.14, 0.005),
         "The precision, a number of digits, became a tolerance"),
        ([{"range": [1, 2.5], "correct": True}], {}, Interval(1, 2.5), "The upper end of a range"),
        ([{"value": 3, "correct": True}, {"value": 4, "correct": True}], {}, Interval.around(3, 0),
         "Of several right numbers or ranges only the first is kept"),
        ([{"value": 3, "correct": True}, {"range": [4, 5], "correct": False, "feedback": "Less."}],
         {}, Interval.around(3, 0), "What is said of wrong numbers is left out"),
        ([{"value": 3, "correct": True}, {"type": "default", "feedback": "Think."}],
         {}, Interval.around(3, 0), "What is said of wrong numbers is left out"),
    ],
)  # fmt: skip
def test_numbers(
    from_json: Read, answers: list[Any], more: Any, within: Interval, loss: str
) -> None:
    question, losses = only(from_json, asked("numeric", answers, **more))
    assert isinstance(question.kind, Number)
    assert question.kind.within == within
    assert len(losses) == bool(loss)
    assert all(it.startswith(loss) and it.endswith(": what-is-it.") for it in losses)


def test_words(from_json: Read) -> None:
    answers = [
        {"answer": "John F. Kennedy", "correct": True, "feedback": "Yes.", "fuzzy_threshold": 0.8},
        {"answer": "JFK", "correct": True, "feedback": "Yes."},
        {"answer": "Kennedy", "correct": False, "feedback": "And his first name?"},
        {"type": "default", "feedback": "No."},
    ]
    question, losses = only(from_json, asked("string", answers))
    wrong = {"Kennedy": "And his first name?"}
    assert question.kind == ShortText(("John F. Kennedy", "JFK"), 3, False, wrong)
    assert question.explanation == "Yes."
    assert losses == [
        "What is said of any other answer is left out: what-is-it.",
        "The share of letters that must be right became a number of typos: what-is-it.",
    ]


def test_what_was_changed_by_others_is_taken_and_the_rest_stays(whole: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        whole.replace("Which set?", "Which set, $x$?").replace("kind: one", "kind: one\ntags: [t]"),
        encoding="utf-8",
    )
    convert(tmp_path / "a.md", tmp_path / "a.json")
    items = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    items[0]["question"] = "Which <i>one</i>?"
    del items[1]
    items[2]["answers"].pop()
    (tmp_path / "a.json").write_text(json.dumps(items), encoding="utf-8")
    losses = convert(tmp_path / "a.json", tmp_path / "b.md")
    one, number, text = read(tmp_path / "b.md").questions
    was = read(tmp_path / "a.md")
    assert (one.text, one.tags, one.kind) == ("Which *one*?", ("t",), was["q-one"].kind)
    assert number == was["q-number"]
    assert (text.text, text.explanation) == ("Which set, $x$?", "Because it is so.")
    assert isinstance(text.kind, ShortText)
    assert text.kind.accept == ("validation set",)
    assert losses[0].endswith("so it is as the JSON has it now: q-one and q-text.")


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (asked("multiple_choice", [{"answer": "a", "correct": False}]), "no choice is right"),
        (asked("numeric", [{"type": "default", "feedback": "a"}]), "no number is right"),
        (asked("numeric", [{"range": [2, 1], "correct": True}]), "its range has nothing in it"),
        (asked("string", [{"answer": " ", "correct": True}]), "no word is right"),
        (asked("string", [{"answer": "a", "correct": True}]) | {"question": ""}, "in words"),
        (asked("multiple_choice", [CHOICES[0], CHOICES[0] | {"correct": False}]), "here twice"),
        (asked("multiple_choice", CHOICES[:1]), "At least two choices"),
    ],
)
def test_what_ours_cannot_hold_is_left_out_and_said(
    from_json: Read, item: dict[str, Any], why: str
) -> None:
    found, losses = from_json(json.dumps([item]))
    assert len(found) == 0
    assert len(losses) == 1
    assert losses[0].startswith("Left out, for ")
    assert why in losses[0]


def test_html_that_markdown_has_not_is_said(from_json: Read) -> None:
    item = asked("multiple_choice", CHOICES) | {"question": "H<sub>2</sub>O <script>x</script>"}
    question, losses = only(from_json, item)
    assert question.text == "H2O"
    assert losses == ["HTML that Markdown hasn't (script and sub) is left out: h2o-x."]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "1:1: This is no JSON: expecting value."),
        ('[{"a": 1},\n  {"b" 2}]', "2:8: This is no JSON: expecting ':' delimiter."),
        ('{"a": 1}', "1:1: A list of questions is wanted, as in [{…}]."),
        ("[1]", "1:2: A question is wanted, as in {…}, not 1."),
        ("[\n null]", "2:2: A question is wanted, as in {…}, not nothing."),
        ("[NaN]", "1:1: This is no JSON: NaN is no number."),
        ("[" * 100_000, "1:1: This JSON is nested too deeply."),
        ("[" + "[" * 900 + "]" * 900 + "]", "A question is wanted, as in {…}, not a list."),
        ("[" + "9" * 5000 + "]", "1:1: This is no JSON: Exceeds the limit"),
        ('[{"type": "essay"}]', '"type" is multiple_choice, many_choice, numeric or string, not'),
        ('[{"type": ["numeric"]}]', "not a list."),
        ('[{"type": "numeric"}]', '"answers" is a list such as'),
        ('[{"type": "numeric", "answers": [3]}]', '"answers" has objects'),
        ('[{"type": "numeric", "answers": [{}], "question": 3}]', '"question" is a text, not 3.'),
        ('[{"type": "string", "answers": [{"answer": {}, "correct": true}]}]',
         '"answer" is a text, not an object.'),
        ('[{"type": "numeric", "answers": [{"value": "3", "correct": true}]}]',
         '"value" is a number, not "3".'),
        ('[{"type": "numeric", "answers": [{"value": 1e999, "correct": true}]}]',
         '"value" is a number, not Infinity.'),
        ('[{"type": "numeric", "answers": [{"range": [1], "correct": true}]}]',
         '"range" is two numbers'),
        ('[{"type": "numeric", "precision": 0.5, "answers": [{"value": 1, "correct": true}]}]',
         '"precision" is 1 to 100 digits'),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_place(from_json: Read, text: str, says: str) -> None:
    with pytest.raises(Mistakes) as caught:
        from_json(text)
    assert says in str(caught.value)
    assert "some-quiz.json:" in str(caught.value)


def test_odd_keys_of_ours_are_no_harm(from_json: Read) -> None:
    for extra in (None, 3, {}, {"markdown": 3}, {"markdown": "no"}, {"markdown": "", "digest": []}):
        question, losses = only(from_json, asked("multiple_choice", CHOICES, coursekit=extra))
        assert (question.id, losses) == ("what-is-it", [])


def test_half_characters_and_control_characters_are_no_harm(
    from_json: Read, tmp_path: Path
) -> None:
    text = '[{"type": "multiple_choice", "question": "\\ud800 a\\u0000b\\u2028# c", "answers": '
    (tmp_path / "a.json").write_text(f"{text}{json.dumps(CHOICES)}}}]", encoding="utf-8")
    assert convert(tmp_path / "a.json", tmp_path / "a.md") == []
    assert read(tmp_path / "a.md").questions[0].text == "? ab\n\\# c"


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(CourseError, match="is 30 MB; 20 MB at most are read"):
        convert(path, tmp_path / "a.md")


def test_text_that_looks_like_our_file_is_read_as_text(from_json: Read) -> None:
    words = "# a\n## b\n### Hint\n- [x] c\n1. d\n| e |\n```\n> f\n---\n==="
    item = asked("multiple_choice", [{"answer": words, "correct": True}, CHOICES[1]])
    question, losses = only(from_json, item | {"question": words})
    assert losses == []
    assert isinstance(question.kind, OneChoice)
    assert len(question.kind.choices) == 2
