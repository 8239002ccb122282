"""`coursekit quiz`: questions checked and converted, results written and merged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.saying import said, show
from coursekit.core.errors import CourseError
from coursekit.core.wording import plural

if TYPE_CHECKING:
    from coursekit.quiz.questionnaire import Questionnaire

quiz = typer.Typer(help="Questions in Markdown files, and what was answered.", no_args_is_help=True)
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Markdown files of questions.")
]
Which = Annotated[
    str,
    typer.Argument(
        metavar="QUESTIONNAIRE", help="A lesson's number, or a Markdown file of questions."
    ),
]
Output = Annotated[
    Path, typer.Option("--output", "-o", help="Where to write them, such as results.json.")
]
ResultFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...", help="Results of learners, as `coursekit quiz results` writes them."
    ),
]
Questions = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.md",
        help="The questions that were answered. Default: the lesson's that the results are about.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object with all of it.")]
AsCsv = Annotated[
    bool, typer.Option("--csv", help="Print a row for each question, for a spreadsheet.")
]

Every = Annotated[
    bool, typer.Option("--all", help="List the questions that nobody has answered, too.")
]


@quiz.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A .md, .json or .gift file.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Likewise, or .txt for Anki.")],
) -> None:
    """Write questions in another format: jupyterquiz (.json), Moodle (.gift) or Anki (.txt)."""
    from coursekit.quiz import formats

    with said():
        losses = formats.convert(source, target)
    for loss in losses:
        typer.echo(loss, err=True)
    typer.echo(f"Wrote {target}.")


@quiz.command()
def check(files: Files) -> None:
    """Name line and column of every mistake. Exit status 1 where there is one."""
    results = [checked(file) for file in files]
    raise typer.Exit(int(not all(results)))


def checked(file: Path) -> bool:
    """Says what is wrong with a file; whether nothing is."""
    from coursekit.quiz.questionnaire import parse, text_of

    try:
        found, mistakes = parse(text_of(file), file)
    except CourseError as error:
        typer.echo(f"coursekit: {error}", err=True)
        return False
    for mistake in mistakes:
        typer.echo(f"{file}:{mistake}")
    if not mistakes:
        count = plural(len(found), "question")
        typer.echo(f"{file}: {count}, no mistake. {found.apart}".strip())
    return not mistakes


@quiz.command("results")
def write_results(output: Output, questionnaire: Which = "1") -> None:
    """Write what you answered into a file, for your teacher.

    It holds your answers with what each was worth, its time and its hints,
    and your name if you chose one (`coursekit name`): no more about you.
    """
    from coursekit.quiz import results
    from coursekit.store.database import database

    with said():
        asked = questions_of(questionnaire)
        found = results.of_learner(asked, database())
        results.write(found, output)
    answered = sum(bool(it["attempts"]) for it in found["questions"])
    named = f"the name {found['name']}" if "name" in found else "no name"
    count = f"{answered} of {plural(len(asked), 'question')} answered"
    typer.echo(f"Wrote {output}: {count}, {named}. {asked.apart}".strip())


def questions_of(which: str) -> Questionnaire:
    """A questionnaire by its lesson's number or its file.

    Raises:
        CourseError: There is none, or it has mistakes.
    """
    from coursekit.quiz import lessons
    from coursekit.quiz.questionnaire import read

    if not (which.isascii() and which.isdecimal()):
        return read(which)
    return read(lessons.path_of(int(which[-9:])))


@quiz.command()
def report(
    files: ResultFiles,
    questions: Questions = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    every: Every = False,
) -> None:
    """Merge the results of learners: who stands where, what was hard, the commonest wrong answers.

    Of each learner the first attempt at each question counts, as the
    question is worded now. Exit status 1 where a file could not be read;
    the others are reported all the same.
    """
    from coursekit.quiz import report as reports
    from coursekit.quiz import report_text
    from coursekit.quiz.questionnaire import read

    with said():
        if as_json and as_csv:
            raise CourseError("Choose one of --json and --csv: each is the whole output.")
        made = reports.merge(files, read(questions) if questions else None)
    for it in made.left_out:
        typer.echo(f"coursekit: {it}", err=True)
    if as_json:
        typer.echo(json.dumps(report_text.as_data(made)))
    elif as_csv:
        show(report_text.as_csv(made))
    elif made.learners:
        show(report_text.as_text(made, every))
    raise typer.Exit(int(bool(made.left_out)))
