"""How commands say what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from coursekit.core.errors import CourseError, sentence


@contextmanager
def said() -> Iterator[None]:
    """An error that a person can meet becomes a line on stderr and exit status 1."""
    try:
        yield
    except CourseError as error:
        typer.echo(f"coursekit: {sentence(error)}", err=True)
        raise typer.Exit(1) from None


def show(text: str) -> None:
    """Prints what people wrote, with a ? for each letter that the terminal or the pipe lacks."""
    typer.echo(shown(text))


def shown(text: str) -> str:
    """What people wrote as the terminal or the pipe can show it."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def agreed(question: str, otherwise: str) -> bool:
    """Whether somebody says yes to a question.

    Raises:
        CourseError: Nobody can be asked; `otherwise` says what to do.
    """
    if not may_ask():
        raise CourseError(otherwise)
    return typer.confirm(shown(question))


def may_ask() -> bool:
    """Whether somebody sits at a terminal and can answer."""
    return sys.stdin.isatty() and not in_cell()


def in_cell() -> bool:
    """Whether a notebook's cell runs this command, in what seems a terminal and has nobody."""
    from coursekit.machine.jupyter.above import kernels_above

    return bool(kernels_above())
