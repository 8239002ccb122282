"""Names, forgetting, and moving to another machine, in a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coursekit.cli import app
from coursekit.quiz.keeping import Stored
from coursekit.quiz.lessons import path_of
from coursekit.quiz.questionnaire import read
from coursekit.quiz.sitting import Sitting
from coursekit.store import me
from coursekit.store.database import Database
from coursekit.store.database import database as shared


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
    words = "1 answer, 1 place in a questionnaire, 0 review cards, 0 rows of the board and "
    words += "0 times that a machine was on."
    assert coursekit("store", "export", file).stdout == f"Wrote {file}: {words}\n"
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.delenv("COURSEKIT_DB")
    added = coursekit("store", "import", file)
    assert added.stdout == f"Added {words} 0 rows were there already.\n"
    assert coursekit("name").stdout == "Ada\n"
    again = coursekit("store", "import", file)
    assert again.exit_code == 0
    assert "Added 0 answers" in again.stdout
    assert "2 rows were there already." in again.stdout
    assert read_again() == 1


def read_again() -> int:
    """How many answers a quiz finds."""
    return len(Sitting(read(path_of(1)), Stored(shared)).tried)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * 100_000, "it is damaged, or no JSON at all. Nothing was changed."),
        ('{"format": 2}', "a later version of coursekit wrote it"),
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
        (("quiz", "report"), "has not begun"),
    ],
)
def test_every_command_explains_itself(command: tuple[str, ...], says: str) -> None:
    result = coursekit(*command, "--help")
    assert result.exit_code == 0
    assert says in " ".join(result.stdout.split())
