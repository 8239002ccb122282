"""Results of many learners in one report."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.core.columns import WIDTH, width
from coursekit.quiz.inwords import in_words
from coursekit.quiz.keeping import Memory
from coursekit.quiz.questionnaire import Questionnaire, parse
from coursekit.quiz.report import Report, Row, merge
from coursekit.quiz.report_text import COLUMNS, as_csv, as_data, as_text
from coursekit.quiz.sitting import Sitting

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
Handed = Callable[..., Path]


@pytest.fixture
def questions(whole: str) -> Questionnaire:
    return parse(whole)[0]


@pytest.fixture
def handed(questions: Questionnaire, tmp_path: Path) -> Handed:
    """Writes a learner's results: question to answers, the earliest first."""
    seconds = iter(range(10**6))

    def hand(file: str, name: str = "", asked: Questionnaire = questions, **tried: Any) -> Path:
        sitting = Sitting(asked, Memory())
        rows = []
        for question in asked.questions:
            attempts = []
            for answer in tried.pop(question.id.replace("-", "_"), []):
                grade = sitting.answer(answer, question.id)
                assert grade
                at = NOON + timedelta(seconds=next(seconds))
                about = {"share": grade.share, "by_oneself": grade.by_oneself, "hints": 0}
                attempts.append({**about, "answer": answer, "at": at.isoformat()})
            rows.append({"id": question.id, "revision": question.revision, "attempts": attempts})
        assert not tried
        made = {"format": 1, "questionnaire": asked.id, "questions": rows}
        path = tmp_path / file
        path.write_text(json.dumps({**made, **({"name": name} if name else {})}))
        return path

    return hand


def row(report: Report, id: str) -> Row:
    return next(it for it in report.rows if it.id == id)


def test_first_attempts_say_how_hard_a_question_is(
    handed: Handed, questions: Questionnaire
) -> None:
    files = [
        handed("a.json", "Ada", q_one=[0, 1], q_number=["0.2"]),
        handed("b.json", q_one=[0]),
        handed("c.json", q_one=[1, 0], q_number=["7"]),
        handed("d.json", q_one=[2]),
        handed("e.json", "Eve"),
        handed("f.json"),
    ]
    report = merge(files, questions)
    assert (report.learners, report.not_begun) == (6, ("Eve", "f.json"))
    one = row(report, "q-one")
    assert (one.answered, one.right, one.share) == (4, 1, 0.25)
    assert (one.wrong, one.wrong_by) == ("this", 2)
    assert row(report, "q-number").wrong == "7"
    assert [it.id for it in report.unanswered] == [
        *("q-several", "q-text", "q-free", "q-order", "q-pairs", "q-code")
    ]
    assert report.left_out == report.notes == report.strangers == ()


@pytest.mark.parametrize(
    ("id", "answer", "said"),
    [
        ("q-one", 0, "this"),
        ("q-several", [0, 2], "a / c"),
        ("q-several", [], "nothing chosen"),
        ("q-number", "0,5 %", "0,5 %"),
        ("q-text", "training set", "training set"),
        ("q-free", {"text": "So.", "met": [True, False]}, "without: says why"),
        ("q-order", [1, 0, 2, 3], "two → one → three → four"),
        ("q-pairs", [1, 0, 2], "epoch: a few items / batch: a pass"),
        ("q-one", 9, "a choice that is not there"),
        ("q-one", "0", "an answer of another form"),
        ("q-several", {"a": 1}, "an answer of another form"),
        ("q-pairs", [0] * 9, "batch: a pass / a | b: a pass"),
        ("q-free", {"text": "So.", "met": "ab"}, "an answer of another form"),
        ("q-number", "x" * 999, f"{'x' * 299}…"),
        ("q-number", "\x1b[31mred", "[31mred"),
    ],
)
def test_a_wrong_answer_is_said_in_words(
    questions: Questionnaire, id: str, answer: Any, said: str
) -> None:
    assert in_words(answer, questions[id].kind) == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (2, "choice 3"),
        ([0, 2], "choices 1, 3"),
        ([], "nothing chosen"),
        ("cat", "cat"),
        ("", "nothing typed"),
        ({"text": "So.", "met": [True, False]}, "without 1 of the points"),
        (True, "an answer of another form"),
        pytest.param(10**5000, "choice ?", id="huge"),
        ([[]], "an answer of another form"),
    ],
)
def test_without_its_question_an_answer_has_numbers(answer: Any, said: str) -> None:
    assert in_words(answer) == said


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_any_answer_has_words(answer: Any) -> None:
    whole = "---\nid: a\nformat: 1\n---\n## b\n```yaml\nkind: order\n```\nWhich?\n\n1. x\n2. y\n\n"
    kind = parse(whole + "### Explanation\nSo.\n")[0].questions[0].kind
    assert in_words(answer, kind).isprintable()
    assert in_words(answer).isprintable()


def test_capitals_and_signs_do_not_part_wrong_answers(
    handed: Handed, questions: Questionnaire
) -> None:
    typed = ["Training-Set", "training set", "epoch"]
    files = [handed(f"{n}.json", q_text=[it]) for n, it in enumerate(typed)]
    text = row(merge(files, questions), "q-text")
    assert (text.wrong, text.wrong_by) == ("Training-Set", 2)


def test_answers_to_another_wording_are_counted_apart_and_said(
    handed: Handed, questions: Questionnaire, whole: str
) -> None:
    reworded = parse(whole.replace("Which?", "Which one?"))[0]
    files = [handed("a.json", q_one=[1]), handed("b.json", asked=reworded, q_one=[0])]
    report = merge(files, reworded)
    one = row(report, "q-one")
    assert (one.answered, one.right, one.earlier) == (1, 0, 1)
    assert "in another wording than now, so not counted above: question 1 by 1." in as_text(report)


def test_questions_that_are_no_more_are_said(
    handed: Handed, questions: Questionnaire, whole: str
) -> None:
    renamed = parse(whole.replace("## q-one", "## q-first"))[0]
    report = merge([handed("a.json", q_one=[1])], renamed)
    assert report.strangers == (("q-one", 1),)
    assert "not in the questionnaire, so not counted above: q-one by 1." in as_text(report)


def test_what_is_damaged_or_foreign_is_left_out_and_the_rest_reported(
    handed: Handed, questions: Questionnaire, whole: str, tmp_path: Path
) -> None:
    other = parse(whole.replace("id: lesson-1", "id: lesson-2"))[0]
    (tmp_path / "bad.json").write_text("[" * 10**5)
    files = [
        handed("foreign.json", asked=other, q_one=[1]),
        tmp_path / "bad.json",
        handed("a.json", q_one=[1]),
        handed("b.json", q_one=[1]),
        tmp_path / "gone.json",
    ]
    for report in (merge(files), merge(files, questions)):
        assert [it.path.name for it in report.left_out] == ["bad.json", "gone.json", "foreign.json"]
        assert (report.learners, report.questionnaire) == (2, "lesson-1")
    assert "it is about lesson-2, and this report about lesson-1" in str(report.left_out[2])


def test_two_exports_of_one_learner_are_one_learner(
    handed: Handed, questions: Questionnaire, tmp_path: Path
) -> None:
    late = handed("late.json", q_one=[0, 1], q_number=["7"])
    found = json.loads(late.read_text())
    found["questions"][0]["attempts"].pop()
    early = tmp_path / "early.json"
    early.write_text(json.dumps(found))
    for files in ([early, late], [late, early], [late, early, late]):
        report = merge(files, questions)
        assert (report.learners, row(report, "q-one").answered) == (1, 1)
        said = "early.json has answers of the same learner as late.json; late.json alone counts."
        assert report.notes == (said,)
    empty = [handed("x.json"), handed("y.json")]
    assert merge(empty, questions).learners == 2


def test_where_the_questions_are_not_found_ids_stand_in_their_place(
    handed: Handed, whole: str
) -> None:
    other = parse(whole.replace("id: lesson-1", "id: a-school"))[0]
    report = merge([handed("a.json", asked=other, q_one=[0], q_free=[
        {"text": "So.", "met": [True, False]}])])  # fmt: skip
    one = row(report, "q-one")
    assert (one.text, one.wrong, one.number) == ("q-one", "choice 1", 1)
    assert row(report, "q-free").by_oneself
    assert "The questions of a-school were not found, so their ids stand here." in report.notes
    assert len(report.rows) == len(other)


def test_where_the_questions_are_not_found_most_learners_say_how_they_are_worded(
    handed: Handed, whole: str
) -> None:
    other = parse(whole.replace("id: lesson-1", "id: a-school"))[0]
    older = parse(whole.replace("id: lesson-1", "id: a-school").replace("Which?", "What?"))[0]
    files = [
        handed("a.json", asked=older, q_one=[0]),
        handed("b.json", asked=other, q_one=[1]),
        handed("c.json", asked=other, q_one=[1]),
    ]
    one = row(merge(files), "q-one")
    assert (one.answered, one.right, one.earlier) == (2, 2, 1)


def test_the_lessons_questions_are_found_by_their_id(handed: Handed) -> None:
    from coursekit.quiz.lessons import path_of
    from coursekit.quiz.questionnaire import read

    lesson = read(path_of(1))
    report = merge([handed("a.json", asked=lesson)])
    assert report.title == lesson.title
    assert [it.id for it in report.rows] == [it.id for it in lesson.questions]


def test_the_table_has_the_hardest_first_and_fits_80_columns(
    handed: Handed, questions: Questionnaire
) -> None:
    files = [
        handed("a.json", "Ada" * 26, q_number=["0.2"], q_text=["深" * 60]),
        handed("b.json", q_number=["0.2"], q_one=[0], q_free=[{"text": "x", "met": [True, False]}]),
        *(handed(f"{n}{'long' * 20}.json") for n in range(9)),
    ]
    text = as_text(merge(files, questions))
    assert max(map(width, text.splitlines())) <= WIDTH
    assert text.index("\n  4  Which set?") < text.index("\n  3  How much?")
    assert "Which?                            1          0 %  (1) this" in text
    assert "self-graded" in text
    assert "How much?                         2        100 %\n" in text
    assert "\nAdaAda" in text.split("No  Question")[0]
    assert "Not begun:\n0long" in text


def test_whoever_answered_stands_at_the_top_with_what_they_judged_apart(
    handed: Handed, questions: Questionnaire
) -> None:
    met, missed = ({"text": "x", "met": [True, it]} for it in (True, False))
    files = [
        handed("z.json", "zoe", q_one=[0, 1], q_number=["0.2"], q_free=[met]),
        handed("b.json", "Bob"),
        handed("a.json", q_free=[missed, met]),
    ]
    report = merge(files, questions)
    found = [(it.name, it.answered, it.right, it.judged, it.points) for it in report.standings]
    assert found == [("a.json", 1, 0, 1, 0.5), ("zoe", 3, 1, 1, 1)]
    text = as_text(report)
    day = f"{NOON.astimezone():%Y-%m-%d}"
    rows = [line.split() for line in text.splitlines()]
    assert ["zoe", "3", "1", "of", "2", "1", "of", "1", day] in rows
    assert ["a.json", "1", "0", "of", "0", "0.5", "of", "1", day] in rows
    assert text.index("zoe") < text.index("Not begun: Bob.") < text.index("Commonest wrong")
    data = as_data(report)["overview"][1]
    assert (data["name"], data["checked"], data["right_first"]) == ("zoe", 2, 1)
    assert (data["self_graded"], data["self_graded_points"]) == (1, 1)
    assert datetime.fromisoformat(data["last_answer"]) >= NOON


def test_an_answer_to_an_earlier_wording_still_says_when_somebody_was_here_last(
    handed: Handed, questions: Questionnaire, whole: str
) -> None:
    reworded = parse(whole.replace("Which?", "Which one?"))[0]
    (it,) = merge([handed("a.json", q_one=[1])], reworded).standings
    assert (it.answered, it.last) == (0, NOON)


def test_questions_that_nobody_answered_are_counted_and_listed_on_demand(
    handed: Handed, questions: Questionnaire
) -> None:
    report = merge([handed("a.json", q_one=[1]), handed("b.json")], questions)
    assert "7 questions nobody has answered (--all lists them)." in as_text(report)
    assert "How much?" not in as_text(report)
    listed = as_text(report, every=True)
    assert "7 questions nobody has answered:\n  2. Which?\n  3. How much?\n" in listed
    assert len(list(csv.DictReader(as_csv(report).splitlines()))) == 8


def test_questions_about_own_variables_are_told_apart(
    handed: Handed, questions: Questionnaire
) -> None:
    report = merge([handed("a.json")], questions)
    head = "1 learner, 8 questions. 1 of the 8 questions is about the learner's own variables, so"
    assert head in " ".join(as_text(report).split())
    rows = csv.DictReader(as_csv(report).splitlines())
    assert [it["question"] for it in rows if it["notebooks_only"] == "yes"] == ["q-code"]
    assert [it["id"] for it in as_data(report)["questions"] if it["notebooks_only"]] == ["q-code"]


def test_the_data_and_the_rows_say_the_same(handed: Handed, questions: Questionnaire) -> None:
    report = merge([handed("a.json", "Ada", q_one=[0]), handed("b.json")], questions)
    data = json.loads(json.dumps(as_data(report)))
    assert (data["format"], data["learners"], data["not_begun"]) == (1, 2, ["b.json"])
    one = data["questions"][0]
    assert one["commonest_wrong"] == {"answer": "this", "learners": 1}
    assert (one["share_right_first"], one["graded_by"]) == (0.0, "rule")
    assert data["questions"][4]["graded_by"] == "learner"
    assert data["questions"][1]["share_right_first"] is None
    rows = list(csv.DictReader(as_csv(report).splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["commonest_wrong_answer"] == "this"
    assert (rows[0]["share_right_first"], rows[1]["share_right_first"]) == ("0.0", "")


@pytest.mark.parametrize("typed", ["=1+1", "+x", "-x", "@x", "\t=1+1", '=HYPERLINK("http://x")'])
def test_a_spreadsheet_gets_no_formula_that_a_learner_typed(
    handed: Handed, questions: Questionnaire, typed: str
) -> None:
    report = merge([handed("a.json", q_text=[typed])], questions)
    found = list(csv.DictReader(as_csv(report).splitlines()))[3]
    assert found["commonest_wrong_answer"] == f"'{typed.strip()}"
    assert list(csv.DictReader(as_csv(merge([handed("b.json", q_number=["-3"])], questions))
                               .splitlines()))[2]["commonest_wrong_answer"] == "-3"  # fmt: skip


def test_nothing_that_a_learner_typed_steers_the_terminal(
    handed: Handed, questions: Questionnaire
) -> None:
    files = [handed("a.json", "\x1b[2J\u202eAda\ud800"), handed("b.json", q_text=["\x1b]0;x\x07"])]
    text = as_text(merge(files, questions))
    assert "\x1b" not in text
    assert "\x07" not in text
    text.encode()
    assert all(line.isprintable() for line in text.splitlines())
