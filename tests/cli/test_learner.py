"""Names, forgetting, and moving to another machine, in a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from support_exchange import a_row
from typer.testing import CliRunner, Result

from coursekit.cli import app
from coursekit.core import deeds, played
from coursekit.quiz.keeping import Stored
from coursekit.quiz.lessons import path_of
from coursekit.quiz.questionnaire import read
from coursekit.quiz.sitting import Sitting
from coursekit.store import answers, me
from coursekit.store.database import Database
from coursekit.store.database import database as shared
from coursekit.store.tables import Learner, Run


def coursekit(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)


@pytest.fixture
def answered(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database of either kind, which the commands use, with an answer in it."""
    monkeypatch.setenv("COURSEKIT_DB", database.url.render_as_string(hide_password=False))
    questions = read(path_of(1))
    Sitting(questions, Stored(shared)).answer(0, questions.questions[2].id)
    return database


def test_a_name_is_chosen_and_said(answered: Database) -> None:
    assert coursekit("name").stdout == "You have no name here. Choose one: coursekit name NAME\n"
    assert coursekit("name", "Ada Lovelace").stdout == "You are called Ada Lovelace now.\n"
    assert coursekit("name").stdout == "Ada Lovelace\n"
    assert coursekit("name", "Eve").exit_code == 0
    assert coursekit("name").stdout == "Eve\n"


@pytest.mark.parametrize("name", ["", "x" * 81, "a\nb", "a\x1b[2Jb"])
def test_what_is_no_name_is_refused_in_a_line(name: str) -> None:
    result = coursekit("name", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("coursekit: A name has ")
    assert result.stderr.count("\n") == 1
    assert coursekit("name").stdout.startswith("You have no name here")


def test_all_is_forgotten_once_it_was_asked(answered: Database, home: Path) -> None:
    coursekit("name", "Ada")
    (home / "runs" / "one").mkdir(parents=True)
    for typed in ("n\n", ""):
        kept = coursekit("forget", typed=typed)
        assert "Erase 1 answer, 1 place in a questionnaire, the name Ada and the id" in kept.stdout
        assert "Erased" not in kept.stdout
        assert me.kept()
    assert coursekit("forget", typed="n\n").stdout.endswith("Nothing was erased.\n")
    gone = coursekit("forget", typed="y\n")
    assert gone.exit_code == 0
    assert "Erased: 1 answer, 1 place in a questionnaire, the name Ada and the id" in gone.stdout
    assert f"In {home} there stay: runs" in gone.stdout
    assert "Delete these folders" in gone.stdout
    assert coursekit("name").stdout.startswith("You have no name here")
    assert coursekit("forget", "--yes").stdout.startswith("Nothing is kept about you.")


def test_what_was_done_is_forgotten_though_nothing_was_answered(home: Path) -> None:
    deeds.note("looked_up")
    played.note("3fa2" * 8, "shown")
    said = coursekit("forget", typed="n\n").stdout
    assert "Erase 1 tick of the homework and which photos of the game you saw?" in said
    assert coursekit("forget", "--yes").exit_code == 0
    assert (deeds.when("looked_up"), played.everything()) == (None, {})
    assert coursekit("forget", "--yes").stdout.startswith("Nothing is kept about you.")


def test_that_others_go_on_to_see_baselines_is_said(answered: Database) -> None:
    with answered.writing() as session:
        session.add(Learner(id="bob"))
        session.flush()
        mine, his = answers.the_learner(session).id, "bob"
        session.add(Run(**a_row(Run, kind="baseline"), learner_id=mine))
        session.add(Run(**a_row(Run), learner_id=his))
    said = coursekit("forget", "--yes").stdout
    assert "0 rows of the board" not in said
    assert "1 baseline stays on boards where others have rows" in said


def test_yes_asks_nothing(answered: Database) -> None:
    assert coursekit("forget", "--yes").stdout.startswith("Erased: 1 answer")
    assert me.kept() == ""


def test_a_name_alone_is_forgotten(answered: Database) -> None:
    coursekit("name", "Ada")
    said = coursekit("forget", "--name-only").stdout
    assert said == "Erased: the name Ada. Your answers and all else stay, without a name.\n"
    again = coursekit("forget", "--name-only")
    assert (again.exit_code, again.stdout) == (
        0,
        "You have no name here, so there is none to erase.\n",
    )
    assert "1 answer" in coursekit("forget", typed="n\n").stdout


def test_a_copy_that_keeps_what_was_forgotten_is_named(home: Path) -> None:
    coursekit("name", "Ada")
    (home / "coursekit-0001-20260504T120000Z.db").write_text("no database " * 100)
    result = coursekit("forget", "--yes")
    assert result.exit_code == 1
    assert result.stdout.startswith("Erased: the name Ada")
    assert "Older copies of the database could not be changed: " in result.stderr
    assert "coursekit-0001-20260504T120000Z.db" in result.stderr


def test_a_learner_moves_to_another_machine(
    answered: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coursekit("name", "Ada")
    file = tmp_path / "mine.json"
    deeds.note("trained")
    words = "1 answer, 1 place in a questionnaire, 0 review cards, 0 rows of the board, 0 times "
    words += "that a machine was on and 1 tick of the homework."
    assert coursekit("store", "export", file).stdout == f"Wrote {file}: {words}\n"
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.delenv("COURSEKIT_DB")
    added = coursekit("store", "import", file)
    assert added.stdout == f"Added {words} 0 were there already.\n"
    assert deeds.when("trained")
    assert coursekit("name").stdout == "Ada\n"
    again = coursekit("store", "import", file)
    assert again.exit_code == 0
    assert "Added 0 answers" in again.stdout
    assert "3 were there already." in again.stdout
    assert read_again() == 1


@pytest.fixture
def adas(answered: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ada's results, at the home of Eve, who has some of her own."""
    coursekit("name", "Ada")
    file = tmp_path / "ada.json"
    coursekit("store", "export", file)
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "eves"))
    monkeypatch.delenv("COURSEKIT_DB")
    questions = read(path_of(1))
    for question in questions.questions[2:4]:
        Sitting(questions, Stored(shared)).answer(0, question.id)
    coursekit("name", "Eve")
    return file


def today() -> str:
    return f"{datetime.now().astimezone():%d %b %Y}"


def test_somebody_elses_results_are_not_put_to_ones_own_where_nobody_can_be_asked(
    adas: Path, tmp_path: Path
) -> None:
    refused = coursekit("store", "import", adas)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"coursekit: {adas} holds the results of Ada (1 answer, the last on {today()}), and this "
        f"home, {tmp_path / 'eves'}, those of Eve (2 answers). If they are to be put together, say "
        "--yes.\n"
    )
    assert coursekit("store", "import", adas, "--yes").stdout.startswith("Added 1 answer, ")
    assert coursekit("name").stdout == "Eve\n"
    assert coursekit("store", "import", adas).stdout.startswith("Added 0 answers, ")  # known now


def test_a_home_with_a_name_and_no_results_asks_nothing(adas: Path, tmp_path: Path) -> None:
    coursekit("forget", "--yes")
    coursekit("name", "Kim")
    assert coursekit("store", "import", adas).stdout.startswith("Added 1 answer, ")


def test_a_damaged_file_is_refused_before_anything_is_asked(adas: Path) -> None:
    adas.write_text(adas.read_text()[:-3])
    assert "it is damaged" in coursekit("store", "import", adas).stderr


def test_a_folder_is_said_to_be_one(adas: Path) -> None:
    result = coursekit("store", "import", adas.parent)
    assert result.exit_code == 1
    assert "it can't be read (" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_what_is_read_once_only_is_not_looked_at_before(adas: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "pipe is read once only. Save it" in coursekit("store", "import", pipe).stderr
    with ThreadPoolExecutor(1) as pool:
        pool.submit(pipe.write_text, adas.read_text())
        assert coursekit("store", "import", pipe, "--yes").stdout.startswith("Added 1 answer, ")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(
    ("typed", "says", "left"),
    [("n", "Nothing was taken in.", 2), ("", "Nothing was taken in.", 2), ("y", "Added 1 ", 3)],
)
def test_at_a_terminal_it_is_asked(adas: Path, typed: str, says: str, left: int) -> None:
    import pty

    with shared().writing() as session:  # a terminal of few letters is asked all the same
        answers.the_learner(session, "Eve 深")
    ours, theirs = pty.openpty()
    os.write(ours, f"{typed}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "coursekit.cli", "store", "import", adas],
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert "those of Eve ? (2 answers). Put them together? They can't be taken apart" in done.stdout
    assert says in done.stdout
    with shared().reading() as session:
        assert session.scalar(text("SELECT count(*) FROM attempts")) == left


def read_again() -> int:
    """How many answers a quiz finds."""
    return len(Sitting(read(path_of(1)), Stored(shared)).tried)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * 100_000, "it is damaged, or no JSON at all. Nothing was changed."),
        ('{"format": 3}', "a later version of coursekit wrote it"),
        ('{"format": 1, "name": ""}', "it is damaged: it has no attempts"),
        ("{}", "it is damaged: it has no attempts"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_a_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    result = coursekit("store", "import", file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"coursekit: {file} can't be imported: ")
    assert says in result.stderr


def test_a_file_that_cannot_be_written_is_a_line(tmp_path: Path) -> None:
    result = coursekit("store", "export", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "can't be written (is a directory)" in result.stderr


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("name",), "at most 80 characters"),
        (("forget",), "--name-only"),
        (("store", "export"), "move to another machine"),
        (("store", "import"), "nothing is doubled"),
        (("quiz", "results"), "for your teacher"),
        (("quiz", "report"), "who stands where"),
    ],
)
def test_every_command_explains_itself(command: tuple[str, ...], says: str) -> None:
    result = coursekit(*command, "--help")
    assert result.exit_code == 0
    assert says in " ".join(result.stdout.split())
