"""How commands say what went wrong."""

from __future__ import annotations

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
