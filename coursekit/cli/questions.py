"""`coursekit quiz` and `coursekit review`: questions checked, and asked in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coursekit.cli.saying import said
from coursekit.core.wording import plural

quiz = typer.Typer(help="Questions in Markdown files.", no_args_is_help=True)
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Markdown files of questions.")
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
    from coursekit.quiz.questionnaire import parse, text_of

    wrong = False
    for file in files:
        with said():
            found, mistakes = parse(text_of(file), file)
        wrong |= bool(mistakes)
        for mistake in mistakes:
            typer.echo(f"{file}:{mistake}")
        if not mistakes:
            typer.echo(f"{file}: {plural(len(found), 'question')}, no mistake.")
    raise typer.Exit(int(wrong))
