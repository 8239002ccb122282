"""Answers while the database can't be written: judged at once, kept in memory, written later."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from support_disks import disk_of, fill, held, read_only, remount, without_locks
from support_kernel import kernel

from coursekit.panels.quiz.model import QuizModel
from coursekit.panels.review.model import ReviewModel
from coursekit.quiz import keeping
from coursekit.quiz.keeping import Stored
from coursekit.quiz.questionnaire import Questionnaire, read
from coursekit.quiz.review import Reviews
from coursekit.quiz.sitting import Sitting
from coursekit.store.database import Database
from coursekit.store.later import last_try

QUESTIONS = Path(__file__).parents[1] / "questions.md"
SAYS = "Not in the database yet: your last answer, because {}; it waits in memory until that works."
AT_ONCE = 1.0  # seconds; a writer waits longer for the database than this
Panel = Callable[[Database], QuizModel]


@pytest.fixture
def questions() -> Questionnaire:
    return read(QUESTIONS)


def quiz(database: Database) -> QuizModel:
    return QuizModel(Sitting(read(QUESTIONS), Stored(lambda: database)))


def reviewed(database: Database) -> ReviewModel:
    return ReviewModel(
        lambda: Reviews([read(QUESTIONS)], lambda: database), lambda: Stored(lambda: database)
    )


def review(database: Database) -> QuizModel:
    model: QuizModel = reviewed(database).quiz
    return model


@pytest.fixture(params=[quiz, review])
def panel(request: pytest.FixtureRequest) -> Panel:
    made: Panel = request.param
    return made


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with room for a database and little more."""
    with disk_of(tmp_path / "disk", "1m") as place:
        monkeypatch.setenv("COURSEKIT_HOME", str(place))
        yield place


@pytest.fixture
def home_database(home: Path) -> Iterator[Database]:
    database = Database(wait=2)
    database.ready()
    yield database
    database.close()


def answer(model: QuizModel) -> None:
    """Gives the right answer; what it came to is there at once."""
    began = time.monotonic()
    model.answer(model.shown["choices"].index("Those that it never saw."))
    assert time.monotonic() - began < AT_ONCE
    assert model.said == "Right."
    assert model.shown["status"] == "right"


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def shares(database: Database) -> list[float]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT share FROM attempts")))


def waits_and_is_written(
    model: QuizModel, database: Database, why: str, mend: Callable[[], object]
) -> None:
    """An answer is given; it waits, and says why; once all is mended, it is in the database."""
    answer(model)
    until(lambda: model.trouble == SAYS.format(why))
    mend()
    until(lambda: model.trouble == "")  # nobody does anything more
    assert shares(database) == [1.0]


def test_a_full_disk(panel: Panel, small_disk: Path) -> None:
    database = Database(wait=0.3)
    model = panel(database)
    filler = fill(small_disk, leave=0)
    waits_and_is_written(model, database, "the disk is full", filler.unlink)
    database.close()


def test_a_database_that_may_not_grow(panel: Panel, home_database: Database) -> None:
    database, full = home_database, [True]

    def limit(connection: object, _: object) -> None:
        if full:
            connection.execute("PRAGMA max_page_count=1")  # type: ignore[attr-defined]

    with database.writing() as session:
        session.execute(text("CREATE TABLE filler (words TEXT)"))  # the last page is not to spare
    event.listen(database.engine, "connect", limit)
    database.engine.dispose()
    model = panel(database)
    for _ in range(200):
        answer(model)
        if "because the disk is full" in model.trouble:
            break
    until(lambda: "because the disk is full" in model.trouble)
    full.clear()
    until(lambda: model.trouble == "")
    assert len(shares(database)) == len(model.sitting.tried)


def test_a_file_that_may_only_be_read(panel: Panel, home_database: Database) -> None:
    home_database.engine.dispose()
    with read_only(Path(home_database.where)):
        model = panel(home_database)
        answer(model)
        until(lambda: model.trouble == SAYS.format("it may only be read"))
    until(lambda: model.trouble == "")
    assert shares(home_database) == [1.0]


def test_a_disk_that_may_only_be_read_and_can_be_written_later(small_disk: Path) -> None:
    database = Database(wait=0.3)
    before = quiz(database)
    before.go(before.sitting.order[1])
    before.answer([0])
    database.close()
    remount(small_disk, "ro")
    model, again = quiz(database), reviewed(database)
    assert model.trouble == again.message == ""  # what was answered before is there
    assert model.rows[1]["status"] == "partly right"
    model.go(model.sitting.order[0])
    answer(model)
    until(lambda: model.trouble == SAYS.format("it may only be read"))
    remount(small_disk, "rw")
    until(lambda: model.trouble == "")
    assert len(shares(database)) == 2
    model.next()
    assert [row["status"] for row in model.rows][:2] == ["right", "partly right"]
    again.again()
    assert (again.message, again.quiz.sitting.open) == ("", 7)
    database.close()


def test_another_program_that_holds_the_database(panel: Panel, home_database: Database) -> None:
    model = panel(home_database)
    with held(Path(home_database.where)):
        answer(model)
        assert model.trouble == SAYS.format("the database is busy")
        model.next()
        model.flag()  # it goes on as ever
        assert model.shown["flagged"]
        model.answer([0])
        assert model.trouble.startswith("Not in the database yet: your last 2 answers, because the")
        until(lambda: "because another program has held it for too long" in model.trouble)
    until(lambda: model.trouble == "")
    assert shares(home_database) == [1.0, 0.5]


def test_what_waits_is_tried_once_more_when_python_ends(home: Path) -> None:
    database = Database(wait=1)
    keeper = Stored(lambda: database)
    model = QuizModel(Sitting(read(QUESTIONS), keeper))
    with held(home / "coursekit.db"):
        answer(model)
        assert not keeper.again(0.1)
    last_try()
    assert shares(database) == [1.0]


ANSWERED = f"""
from coursekit import Quiz
quiz = Quiz({str(QUESTIONS)!r})
quiz.answer(1)
print(quiz.model.trouble[:23])
"""


def test_what_waits_is_written_when_its_kernel_is_restarted(home: Path) -> None:
    Database().ready()
    with kernel(dict(os.environ)) as front:
        with held(home / "coursekit.db"):
            assert front.run(ANSWERED) == "Not in the database yet\n"
            front.client.shutdown(restart=True)
            time.sleep(1)
            assert shares(Database()) == []
        until(lambda: len(shares(Database())) == 1, seconds=5)


ASKED = f"""
import time
from coursekit.panels.quiz.model import QuizModel
from coursekit.quiz.keeping import Stored
from coursekit.quiz.questionnaire import read
from coursekit.quiz.sitting import Sitting
from coursekit.store.database import Database
from coursekit.store.later import last_try

database = Database(wait=0.3)
began = time.monotonic()
model = QuizModel(Sitting(read({str(QUESTIONS)!r}), Stored(lambda: database)))
model.answer(0)
seconds = time.monotonic() - began
end = time.monotonic() + 10
while "lock files" not in model.trouble and time.monotonic() < end:
    time.sleep(0.05)
print(model.said, model.sitting.tried[0].share, model.trouble, sep="\\n")
assert seconds < 3, seconds
"""


@pytest.mark.parametrize("there", [True, False])
def test_a_file_system_without_locks(home: Path, there: bool) -> None:
    if there:
        database = Database()
        database.ready()
        database.close()
    done = without_locks(ASKED)
    assert done.returncode == 0, done.stderr
    said, share, trouble = done.stdout.splitlines()
    assert said in ("Right.", "Not right.")
    assert float(share) in (0, 1)
    assert trouble == SAYS.format("this file system can't lock files")


def test_a_review_says_when_it_comes_back_only_once_that_is_written(
    home_database: Database,
) -> None:
    review = reviewed(home_database)
    with held(Path(home_database.where)):
        answer(review.quiz)
        assert review.rated == ""
    until(lambda: review.rated != "")
    assert review.rated.startswith("Rated easy: it comes back in")
    with home_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM cards")) == 1


def test_an_exam_says_kept_only_where_it_is(
    home_database: Database, questions: Questionnaire
) -> None:
    exam = QuizModel(Sitting(questions, Stored(lambda: home_database), exam=True))
    with held(Path(home_database.where)):
        exam.answer(0)
        assert exam.said.startswith("Your answer is taken.")
        assert exam.trouble.startswith("Not in the database yet: your place in the questions, ")
    until(lambda: exam.trouble == "")
    exam.answer(1)
    assert exam.said.startswith("Your answer is kept.")


def test_what_could_not_be_read_is_not_written_over(
    home_database: Database, questions: Questionnaire, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Sitting(questions, Stored(lambda: home_database), exam=True)
    before.answer(0, before.order[0])
    with monkeypatch.context() as patch:
        patch.setattr(keeping.answers, "place", no_answer)
        exam = QuizModel(Sitting(questions, Stored(lambda: home_database), exam=True))
        assert exam.trouble.startswith("What you answer can't be kept: ")
    exam.sitting.answer([0, 1], exam.sitting.order[1])
    again = Sitting(questions, Stored(lambda: home_database), exam=True)
    assert set(again.place["answers"]) == set(again.order[:2])


def no_answer(*_: object) -> None:
    raise keeping.StoreError("What you answer can't be kept: it was a test.", "it was a test")
