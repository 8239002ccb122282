"""Results written and merged in a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coursekit.cli import app
from coursekit.quiz.keeping import Stored
from coursekit.quiz.questionnaire import read
from coursekit.quiz.sitting import Sitting
from coursekit.store import answers
from coursekit.store.database import Database, database

QUESTIONS = Path(__file__).parents[1] / "questions.md"
APART = "1 of the 8 questions is about the learner's own variables, so notebooks alone ask it."


def coursekit(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def classroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Results of Ada, who answered, of somebody without a name, and of Bob, who did not begin."""
    files = []
    for name, given in (("Ada", 0), ("", 2), ("Bob", None)):
        monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path / f"home{len(files)}"))
        if given is not None:
            Sitting(read(QUESTIONS), Stored(database)).answer(given, "who-may-judge")
        if name:
            with database().writing() as session:
                answers.the_learner(session, name)
        files.append(tmp_path / f"results{len(files)}.json")
        result = coursekit("quiz", "results", QUESTIONS, "-o", files[-1])
        assert result.exit_code == 0, result.output
        called = f"the name {name}" if name else "no name"
        count = 0 if given is None else 1
        assert (
            result.stdout
            == f"Wrote {files[-1]}: {count} of 8 questions answered, {called}. {APART}\n"
        )
    return files


def test_a_class_is_reported_and_what_is_damaged_is_said(
    classroom: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "bad.json").write_text('{"format": NaN}')
    files = [*classroom, tmp_path / "bad.json"]
    result = coursekit("quiz", "report", *files, "--questions", QUESTIONS)
    assert result.exit_code == 1
    assert result.stderr == (
        f"coursekit: {tmp_path / 'bad.json'} is left out: it is damaged, or no JSON at all.\n"
    )
    assert " ".join(result.stdout.split()).startswith(
        f"Questions for tests: 3 learners, 8 questions. {APART}"
    )
    assert (
        "Which photos say how good         2          0 %  (1) The largest ones." in result.stdout
    )
    assert result.stdout.index("Not begun: Bob.") < result.stdout.index("Which photos say")
    assert "7 questions nobody has answered (--all lists them)." in result.stdout
    listed = coursekit("quiz", "report", *classroom, "--questions", QUESTIONS, "--all").stdout
    assert "7 questions nobody has answered:\n  2. Which two are parts of a run?\n" in listed
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert coursekit("quiz", "report", *classroom, "--questions", QUESTIONS).exit_code == 0


def test_a_report_is_for_programs_and_spreadsheets_too(classroom: list[Path]) -> None:
    about = ("quiz", "report", *classroom, "--questions", QUESTIONS)
    data = json.loads(coursekit(*about, "--json").stdout)
    assert data["questions"][0]["answered"] == 2
    assert data["not_begun"] == ["Bob"]
    rows = coursekit(*about, "--csv").stdout.splitlines()
    assert rows[1].startswith(
        "1,who-may-judge,Data,Which photos say how good a model is?,rule,no,2,0"
    )
    assert len(rows) == 9
    both = coursekit(*about, "--csv", "--json")
    assert (both.exit_code, both.stdout) == (1, "")
    assert "Choose one of --json and --csv" in both.stderr


def test_without_the_questions_their_ids_are_reported(classroom: list[Path]) -> None:
    result = coursekit("quiz", "report", *classroom)
    assert result.exit_code == 0
    assert "who-may-judge" in result.stdout
    assert "The questions of for-tests were not found" in result.stdout


def test_a_report_on_nothing_but_damaged_files_has_no_table(tmp_path: Path) -> None:
    result = coursekit("quiz", "report", tmp_path / "gone.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "gone.json is left out: it can't be read (no such file or directory)." in result.stderr


def test_results_are_of_lesson_1_unless_another_is_named(tmp_path: Path) -> None:
    one, named = tmp_path / "one.json", tmp_path / "named.json"
    assert coursekit("quiz", "results", "-o", one).exit_code == 0
    assert coursekit("quiz", "results", "1", "-o", named).exit_code == 0
    assert json.loads(one.read_text()) == json.loads(named.read_text())
    assert json.loads(one.read_text())["questionnaire"] == "lesson-1"


@pytest.mark.parametrize(
    ("which", "to", "says"),
    [
        ("7", "r.json", "Lesson 7 has no questions."),
        ("9" * 5000, "r.json", "has no questions."),
        ("gone.md", "r.json", "gone.md can't be read"),
        ("1", "gone/r.json", "r.json can't be written (no such file or directory)."),
        ("1", ".", "can't be written (is a directory)."),
    ],
)
def test_results_that_cannot_be_are_a_line_and_exit_status_1(
    tmp_path: Path, which: str, to: str, says: str
) -> None:
    result = coursekit("quiz", "results", which, "-o", tmp_path / to)
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr
    assert result.stderr.startswith("coursekit: ")


def test_results_come_from_whichever_database_there_is(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSEKIT_DB", database.url.render_as_string(hide_password=False))
    Sitting(read(QUESTIONS), Stored(lambda: database)).answer(1, "who-may-judge")
    file = tmp_path / "r.json"
    assert coursekit("quiz", "results", QUESTIONS, "-o", file).exit_code == 0
    assert json.loads(file.read_text())["questions"][0]["attempts"][0]["share"] == 1


def test_a_report_needs_no_torch_and_fits_a_pipe_of_few_letters(classroom: list[Path]) -> None:
    code = (
        "import sys; from coursekit.cli import app\n"
        "try: app()\n"
        "except SystemExit: print([m for m in ('torch', 'numpy') if m in sys.modules])"
    )
    copy = classroom[0].with_name("copy.md")
    copy.write_text(QUESTIONS.read_text().replace("Questions for tests", "深度 → ä"))
    arguments = ["quiz", "report", *map(str, classroom), "--questions", str(copy)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.stdout.endswith("[]\n"), done.stderr
    assert done.stdout.startswith("?? ? ?: 3 learners, 8 questions. 1 of the 8")
