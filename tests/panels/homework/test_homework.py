"""The homework list, without a browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import HTML

from coursekit import Homework
from coursekit.core import deeds
from coursekit.core.doc import doc
from coursekit.core.errors import CourseError
from coursekit.machine.providers.ec2 import EC2
from coursekit.panels.homework.model import HomeworkModel
from coursekit.panels.homework.tasks import CHECKS, BadHomework, load
from coursekit.panels.homework.view import as_html, leaving_view
from coursekit.panels.homework.watching import watch
from coursekit.panels.panel import close_all
from coursekit.quiz.kinds import Code
from coursekit.quiz.lessons import path_of
from coursekit.quiz.questionnaire import read
from coursekit.scores.adding import put
from coursekit.scores.entry import Entry
from coursekit.store.database import database
from coursekit.store.tables import Attempt, new_id


@pytest.fixture(autouse=True)
def closed(home: Path) -> Iterator[None]:
    yield
    database().close()


def ticked(model: HomeworkModel) -> set[str]:
    model.refresh()
    return {row.task.check for row in model.rows if row.done}


def entry(**changes: Any) -> Entry:
    about: dict[str, Any] = {"id": new_id(), "kind": "model", "name": "mine", "task": "pets"}
    about |= {"data": "a" * 32, "wrong": 2, "judged": 90, "chosen": False, "seed": 1}
    about |= {"seconds": 1.0, "hardware": "", "version": "", "recipe": {"format": 1}}
    return Entry(**{**about, **changes})


def test_nothing_is_ticked_at_first() -> None:
    model = HomeworkModel(1)
    assert ticked(model) == set()
    assert model.stands == "0 of 9 done."
    assert model.message == ""
    assert len({task.check for task in model.homework.tasks}) == 9


@pytest.mark.parametrize(
    "deed", ["tried_picture", "made_data_set", "shut_down", "trained", "another_seed"]
)
def test_each_deed_ticks_its_task(deed: str) -> None:
    deeds.note(deed)
    model = HomeworkModel(1)
    assert ticked(model) == {deed}
    (row,) = [row for row in model.rows if row.done]
    assert row.words == f"{datetime.now(UTC).astimezone():%d %b %Y}"


def test_looking_something_up_ticks_it() -> None:
    model = HomeworkModel(1)
    doc("epoch")
    assert ticked(model) == {"looked_up"}


def test_the_same_seed_twice_is_no_other_seed() -> None:
    for seed in (5, 5):
        deeds.trained("what", seed)
    assert deeds.when("another_seed") is None
    deeds.trained("something else", 6)
    assert deeds.when("another_seed") is None
    deeds.trained("what", 6)
    assert deeds.when("another_seed")


def test_the_questions_are_done_once_each_has_an_answer() -> None:
    model = HomeworkModel(1)
    found = read(path_of(1)).without(Code)
    first, *rest = found.questions
    answer([first.id], found.id)
    assert ticked(model) == set()
    (row,) = [row for row in model.rows if row.task.check == "questions"]
    assert row.words == f"1 of {len(found.questions)} questions answered"
    answer([question.id for question in rest], found.id)
    assert ticked(model) == {"questions"}


def answer(ids: list[str], questionnaire: str) -> None:
    from coursekit.store import answers

    with database().writing() as session:
        me = answers.the_learner(session).id
        session.add_all(
            Attempt(
                learner_id=me, questionnaire=questionnaire, question=id, revision="r", answer=1,
                share=0.0,
            )
            for id in ids
        )  # fmt: skip


def test_a_baseline_is_beaten_where_the_intervals_say_so_on_the_same_photos() -> None:
    model = HomeworkModel(1)
    put(entry(kind="baseline", name="random guess", wrong=60))
    put(entry(kind="baseline", name="logistic regression", wrong=5))
    put(entry(data="b" * 32, wrong=0))
    assert ticked(model) == set()
    put(entry(wrong=2))
    assert ticked(model) == {"beat_baseline"}
    (row,) = [row for row in model.rows if row.done]
    assert row.words == "better than random guess"


def test_a_person_on_the_board_has_played() -> None:
    put(entry(kind="person", judged=20))
    assert ticked(HomeworkModel(1)) == {"played"}


def test_training_with_two_seeds_by_code_ticks_two_tasks(small_learner: Any) -> None:
    for seed in (1, 2):
        small_learner(seed=seed).fit(1)
    assert ticked(HomeworkModel(1)) == {"trained", "another_seed"}


def test_a_broken_database_is_said_and_the_rest_is_ticked(home: Path) -> None:
    deeds.note("trained")
    (home / "coursekit.db").write_text("This is a letter and no database. " * 100)
    model = HomeworkModel(1)
    assert ticked(model) == {"trained"}
    assert "the file is no database" in model.message
    assert {row.words for row in model.rows if row.task.check == "played"} == {
        "can't be looked up now"
    }


def test_shutting_down_is_said_by_the_learner_and_taken_back() -> None:
    homework = Homework(1)
    homework.shut_down()
    assert "[x] Shut the machine down" in repr(homework)
    homework.shut_down(False)
    assert "[ ] Shut the machine down" in repr(homework)


def test_how_to_leave_is_said_in_the_words_of_whoever_lets_the_machine() -> None:
    view = leaving_view(HomeworkModel(1), EC2)
    said = unescape(" ".join(it.value for it in view.children if isinstance(it, HTML)))
    for words in (EC2.name, EC2.stop, *EC2.still_costs, "can't see from inside"):
        assert words in said
    close_all(view)


def test_what_is_done_elsewhere_is_seen_without_being_asked() -> None:
    model = HomeworkModel(1)
    changes: list[object] = []
    model.observe(changes.append, "rows")
    end = watch(model, 0.02)
    time.sleep(0.2)
    assert changes == []  # nothing new, so nothing is told
    deeds.note("looked_up")
    limit = time.monotonic() + 10
    while not changes and time.monotonic() < limit:
        time.sleep(0.02)
    end()
    assert len(changes) == 1


def test_a_list_of_ones_own_has_its_mistakes_named(tmp_path: Path) -> None:
    task = '[[task]]\nsays = "a"\nwhy = "b"\ncheck = "trained"\nopens = "quiz"\n'
    file = tmp_path / "07_homework.toml"
    for text, why in (
        ("title = ", "Invalid value"),
        (task, "it takes a title"),
        ('title = "x"\n' + task + 'more = "c"\n', "it takes a title"),
        ('title = "x"\n' + task.replace("trained", "slept"), "check is one of trained"),
        ('title = "x"\n' + task.replace("quiz", "tv"), "opens is one of workbench"),
    ):
        file.write_text(text)
        with pytest.raises(BadHomework, match=why):
            load(7, tmp_path)
    file.write_text('title = "x"\n' + task)
    assert Homework(7, within=tmp_path).model.homework.title == "x"
    with pytest.raises(BadHomework, match="there is no such file"):
        load(8, tmp_path)


def test_every_check_of_the_lesson_is_known_and_every_known_one_is_used() -> None:
    assert {task.check for task in load(1).tasks} == set(CHECKS)


def test_an_unknown_panel_is_a_sentence() -> None:
    with pytest.raises(CourseError, match="There is no panel 'tv' here"):
        Homework(1).open("tv")


def test_names_from_a_file_are_text() -> None:
    row = HomeworkModel(1).rows[0]
    attack = "<script>alert(1)</script>"
    task = type(row.task)(attack, attack, "trained", "quiz")
    html = as_html(type(row)(task, True, attack))
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 3


def test_a_list_of_ones_own_has_questions_of_its_own(tmp_path: Path) -> None:
    task = '[[task]]\nsays = "a"\nwhy = "b"\ncheck = "questions"\nopens = "quiz"\n'
    (tmp_path / "02_homework.toml").write_text(f'title = "x"\n{task}')
    homework = Homework(2, within=tmp_path)
    assert "the lesson's questions are missing" in homework.model.message
    (tmp_path / "02_questions.md").write_text(path_of(1).read_text())
    homework.model.refresh()
    assert homework.model.message == ""
    assert homework.places.quiz.title


def test_a_cell_that_is_run_again_leaves_one_who_watches() -> None:
    others = watching()
    views = [Homework(1) for _ in range(3)]
    for it in views:
        assert it.view
    limit = time.monotonic() + 60
    while len(watching() - others) > 1 and time.monotonic() < limit:
        time.sleep(0.1)
    assert len(watching() - others) == 1
    views[-1].close()


def watching() -> set[threading.Thread]:
    return {it for it in threading.enumerate() if it.name == "homework"}
