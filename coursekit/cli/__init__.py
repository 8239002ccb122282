"""The command line; each command has a file of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from coursekit.cli.asking import review
from coursekit.cli.datasets import data
from coursekit.cli.doctoring import doctor
from coursekit.cli.learner import forget, name
from coursekit.cli.machine import machine
from coursekit.cli.page import serve
from coursekit.cli.predicting import predict
from coursekit.cli.questions import quiz
from coursekit.cli.rerunning import run_again
from coursekit.cli.storing import store
from coursekit.cli.training import train
from coursekit.core.version import ours

app = typer.Typer(
    help="Train an image classifier on your own photos, try it, and learn how it works.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(train)
app.command("run")(run_again)
app.command()(predict)
app.add_typer(data, name="data")
app.add_typer(quiz, name="quiz")
app.command()(review)
app.command("app")(serve)
app.command()(machine)
app.command()(name)
app.add_typer(store, name="store")
app.command()(forget)
app.command()(doctor)


def say_version(asked: bool) -> None:
    """Prints the version and ends, where that is asked."""
    if asked:
        typer.echo(f"coursekit {ours()}")
        raise typer.Exit


@app.callback()
def main(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=say_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    """Train an image classifier on your own photos, try it, and learn how it works."""
