"""Questions checked and asked in a terminal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coursekit.cli import app

QUESTIONS = Path(__file__).parents[1] / "questions.md"


def coursekit(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=typed)


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    shutil.copy(QUESTIONS, tmp_path / "01_questions.md")
    return tmp_path


def test_a_file_without_mistakes_is_said_to_have_none() -> None:
    result = coursekit("quiz", "check", QUESTIONS)
    apart = "1 of the 8 questions is about the learner's own variables, so notebooks alone ask it."
    assert (result.exit_code, result.stdout) == (
        0,
        f"{QUESTIONS}: 8 questions, no mistake. {apart}\n",
    )


def test_every_mistake_has_its_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "q.md"
    file.write_text(QUESTIONS.read_text().replace("[x] Those", "[ ] Those"))
    result = coursekit("quiz", "check", file, QUESTIONS)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith(f"{file}:9:1: One choice, and only one")
    assert "questions.md: 8 questions, no mistake." in result.stdout.splitlines()[-1]
    gone = coursekit("quiz", "check", tmp_path / "gone.md", file)
    assert gone.exit_code == 1
    assert "gone.md can't be read" in gone.stderr
    assert gone.stdout.startswith(f"{file}:9:1")


def test_questions_are_converted_and_what_is_lost_is_said(tmp_path: Path) -> None:
    target = tmp_path / "q.gift"
    result = coursekit("quiz", "convert", QUESTIONS, target)
    assert result.exit_code == 0
    assert result.stdout == f"Wrote {target}.\n"
    assert "what-first" in result.stderr  # GIFT asks for no order
    assert "Those that it never saw." in target.read_text()
    wrong = coursekit("quiz", "convert", QUESTIONS, tmp_path / "q.doc")
    assert wrong.exit_code == 1
    assert wrong.stderr.startswith("coursekit: ")


def test_a_review_is_played_in_the_terminal(lessons: Path) -> None:
    first = ["h", "7", "1 2", "2"]  # a hint, no such choice, two, one
    several = ["1 2"]
    text = ["0,2 %"]
    word = ["valid set"]
    free = ["Because.", "y", "n"]
    order, pairs = ["1 2", "1 2 3"], ["x", "1", "a pass"]
    typed = [*first, *several, *text, *word, *free, *order, *pairs, "q"]
    result = coursekit("review", lessons, typed="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    said = result.stdout
    assert "7 questions to review today." in said
    assert "Think of an exam." in said
    assert "The choices have the numbers 1 to 3. Type the number or text of one choice" in said
    assert "2 choices were given, and one is asked for. Type the number or text of one" in said
    assert "They may be known by heart." in said
    assert "Each of the 3 has one place in the order. Type all 3 numbers" in said
    assert '"x" is none of the 2 choices. Type its number or text, such as 2.' in said
    assert "Right. Rated easy: it comes back in" in said  # the number
    assert "A model answer: The SECRET model answer." in said
    assert "You gave yourself 0.5 of 1 point. Rated hard" in said
    assert said.count("Rated ") == 7


def test_a_review_can_be_left_and_goes_on_later(lessons: Path) -> None:
    left = coursekit("review", lessons, "--new", "2", typed="s\nk\nq\n")
    assert "Those that it never saw." in left.stdout
    assert left.exit_code == 0
    assert left.stdout.splitlines()[-1] == "2 questions to review today."
    none = coursekit("review", lessons, "--new", "0")
    assert none.stdout == "Nothing is to be reviewed now.\n"


def test_of_several_things_on_a_line_only_numbers_are_asked_for(lessons: Path) -> None:
    typed = "k\nAn epoch., A batch.\n1 2\n" + "k\n" * 4 + "one two\nq\n"
    said = coursekit("review", lessons, typed=typed).stdout
    assert "Your answer, the numbers of all choices that are right: " in said
    assert "Type the numbers of all choices that are right, such as 1 3." in said
    assert "Your answer, all 3 numbers in their right order: " in said
    assert "numbers or texts" not in said


def test_a_number_of_5000_digits_is_none_of_the_choices(lessons: Path) -> None:
    typed = ["9" * 5000, "k", "9" * 5000, "q"]
    result = coursekit("review", lessons, typed="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert result.stdout.count('" is none of the 3 choices. Type ') == 2


def test_a_folder_without_questions_is_a_sentence_and_a_file_is_taken(tmp_path: Path) -> None:
    for where in (tmp_path, tmp_path / "gone"):
        result = coursekit("review", where)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.endswith(
            "has no file *_questions.md. Name another folder, or a file.\n"
        )
    assert "7 questions to review today." in coursekit("review", QUESTIONS, typed="q\n").stdout


def test_a_questionnaire_with_mistakes_is_named(lessons: Path) -> None:
    (lessons / "02_questions.md").write_text("nothing")
    result = coursekit("review", lessons)
    assert result.exit_code == 1
    assert "02_questions.md:1:1" in result.stderr
