"""A learner's way through a questionnaire."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from coursekit.core.errors import CourseError
from coursekit.quiz.keeping import Memory, Stored
from coursekit.quiz.kinds import NoAnswer
from coursekit.quiz.questionnaire import Questionnaire, parse
from coursekit.quiz.sitting import Score, Sitting
from coursekit.store.database import Database

FREE = {"text": "So.", "met": [True, False]}


@pytest.fixture
def questions(whole: str) -> Questionnaire:
    more = whole.replace("## q-code", "# Loss\n\n## q-code")
    found, mistakes = parse(more)
    assert mistakes == []
    return found


@pytest.fixture
def sitting(questions: Questionnaire) -> Sitting:
    return Sitting(questions, Memory())


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'coursekit.db'}", wait=0.1)


def test_a_question_has_five_states_in_words(sitting: Sitting) -> None:
    assert sitting.status("q-several") == "not attempted"
    sitting.answer([0], "q-several")
    assert sitting.status("q-several") == "partly right"
    sitting.answer([0, 2], "q-several")
    assert sitting.status("q-several") == "wrong"
    sitting.answer([0, 1], "q-several")
    assert sitting.status("q-several") == "right"
    sitting.skip()
    assert sitting.status("q-one") == "skipped"
    sitting.solve("q-text")
    assert sitting.status("q-text") == "solution seen"


def test_first_and_best_attempts_are_kept(sitting: Sitting) -> None:
    for answer in ([0], [0, 1], [2]):
        sitting.answer(answer, "q-several")
    assert [it.share for it in sitting.attempts("q-several")] == [0.5, 1, 0]
    best = sitting.best("q-several")
    assert best
    assert best.share == 1


def test_what_rules_judge_and_what_learners_judge_are_counted_apart(sitting: Sitting) -> None:
    sitting.answer(1, "q-one")
    sitting.answer([0], "q-several")
    sitting.answer(FREE, "q-free")
    assert sitting.score() == Score("", 1.5, 7, 0.5, 1, 3, 8)
    assert sitting.scores() == [
        Score("Data", 1.5, 6, 0.5, 1, 3, 7),
        Score("Loss", 0, 1, 0, 0, 0, 1),
    ]


def test_what_is_no_answer_counts_nothing(sitting: Sitting) -> None:
    with pytest.raises(NoAnswer):
        sitting.answer("x", "q-number")
    with pytest.raises(NoAnswer, match="in a notebook"):
        sitting.answer("cat", "q-code")
    assert sitting.tried == []
    learn = SimpleNamespace(score=0.01, vocab=["cat"])
    grade = sitting.answer("cat", "q-code", {"learn": learn})
    assert grade
    assert grade.right


def test_an_answer_after_the_solution_is_judged_and_not_counted(sitting: Sitting) -> None:
    sitting.solve("q-one")
    grade = sitting.answer(1, "q-one")
    assert grade
    assert grade.right
    assert sitting.status("q-one") == "solution seen"
    assert sitting.score().checked == 0


def test_skipped_questions_come_back_last(sitting: Sitting) -> None:
    sitting.skip()
    assert sitting.at == "q-several"
    for id, answer in (("q-several", [0, 1]), ("q-number", "0.2"), ("q-text", "valid set")):
        assert sitting.at == id
        sitting.answer(answer)
        sitting.next_open()
    sitting.go("q-code")
    sitting.next_open()
    assert sitting.at == "q-free"
    for id in ("q-free", "q-order", "q-pairs", "q-code"):
        sitting.solve(id)
    sitting.next_open()
    assert sitting.at == "q-one"


def test_flags_hints_and_drafts(sitting: Sitting, questions: Questionnaire) -> None:
    sitting.flag()
    assert sitting.flagged("q-one")
    sitting.flag("q-one")
    assert not sitting.flagged("q-one")
    sitting.hint()
    assert sitting.hints("q-one") == 0  # it has none
    sitting.draft("half a sen", "q-free")
    assert sitting.drafted("q-free") == "half a sen"
    sitting.answer(FREE, "q-free")
    assert sitting.drafted("q-free") is None


def test_a_seed_shuffles_always_the_same_way(questions: Questionnaire) -> None:
    orders = [Sitting(questions, Memory(), seed).order for seed in (None, 1, 1, 2)]
    assert orders[0] == [it.id for it in questions.questions]
    assert orders[1] == orders[2] != orders[0]
    assert orders[3] != orders[1]
    assert all(sorted(order) == sorted(orders[0]) for order in orders)


def test_an_exam_tells_nothing_before_it_is_handed_in(questions: Questionnaire) -> None:
    keeper = Memory()
    exam = Sitting(questions, keeper, exam=True)
    assert exam.answer(0, "q-one") is None
    assert exam.answer(1, "q-one") is None  # changed one's mind
    exam.answer({"text": "So."}, "q-free")
    with pytest.raises(NoAnswer, match="Nothing was written"):
        exam.answer({"text": " "}, "q-free")
    exam.solve("q-one")
    assert not exam.solved("q-one")
    assert exam.status("q-one") == "answered"
    assert exam.score() == Score("", 0, 7, 0, 1, 0, 8)
    again = Sitting(questions, keeper, exam=True)
    assert again.status("q-one") == "answered"
    again.hand_in()
    assert again.status("q-one") == "right"
    assert again.score() == Score("", 1, 7, 0, 1, 1, 8)
    again.answer(FREE, "q-free")  # judged by the learner, once
    assert again.score() == Score("", 1, 7, 0.5, 1, 2, 8)
    with pytest.raises(CourseError, match="handed in"):
        again.answer(FREE, "q-free")
    with pytest.raises(CourseError, match="handed in"):
        again.answer(0, "q-one")
    again.hand_in()
    assert len(again.tried) == 2
    assert Sitting(questions, keeper).tried == []  # practice is another thing


def test_a_changed_question_begins_anew_and_its_history_stays(
    questions: Questionnaire, whole: str, database: Database
) -> None:
    keeper = Stored(lambda: database)
    Sitting(questions, keeper).answer(1, "q-one")
    changed, _ = parse(whole.replace("Which?\n\n- [ ] this", "Which one?\n\n- [ ] this"))
    later = Sitting(changed, keeper)
    assert later.status("q-one") == "not attempted"
    assert len(later.tried) == 1
    assert Sitting(questions, keeper).status("q-one") == "right"


def test_everything_is_there_again_in_another_python(
    questions: Questionnaire, database: Database
) -> None:
    sitting = Sitting(questions, Stored(lambda: database))
    sitting.answer([0], "q-several")
    sitting.flag("q-text")
    sitting.draft("abc", "q-free")
    sitting.go("q-order")
    other = Sitting(questions, Stored(lambda: Database(str(database.url))))
    assert other.at == "q-order"
    assert other.status("q-several") == "partly right"
    assert other.flagged("q-text")
    assert other.drafted("q-free") == "abc"
    assert other.tried == sitting.tried


def test_a_second_tab_adds_to_what_the_first_answered(
    questions: Questionnaire, database: Database
) -> None:
    one, two = (Sitting(questions, Stored(lambda: database)) for _ in range(2))
    one.answer(1, "q-one")
    two.answer([0, 1], "q-several")
    one.load()
    assert one.score().checked == 2


def test_what_cannot_be_kept_waits_and_is_kept_later(
    questions: Questionnaire, database: Database
) -> None:
    database.ready()
    keeper = Stored(lambda: database)
    sitting = Sitting(questions, keeper)
    with database.engine.connect() as other:
        other.execute(text("SELECT 1"))
        other.rollback()
        held = other.execution_options(coursekit_write=True)
        held.execute(text("UPDATE learners SET name = name"))
        sitting.answer(1, "q-one")
        assert keeper.trouble.startswith("Not in the database yet: your last answer, because ")
        assert keeper.waiting == 1
        assert sitting.status("q-one") == "right"
        assert Sitting(questions, keeper).status("q-one") == "right"
        held.rollback()
    assert keeper.again()
    assert (keeper.trouble, keeper.waiting) == ("", 0)
    assert Sitting(questions, Stored(lambda: database)).status("q-one") == "right"
