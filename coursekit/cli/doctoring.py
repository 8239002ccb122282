"""`coursekit doctor`: what a helper in a forum asks for first."""

from __future__ import annotations

import shutil
import sys
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.saying import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coursekit.app.doctor.checks import Check
    from coursekit.app.doctor.examination import Examined
    from coursekit.app.doctor.masking import Mask

Only = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Do this check alone; may be given several times."),
]
Json = Annotated[bool, typer.Option("--json", help="Say it as JSON, for programs.")]
Online = Annotated[
    bool,
    typer.Option("--online", help="Ask, too, whether the data sets can be reached."),
]


def doctor(only: Only = None, as_json: Json = False, online: Online = False) -> None:
    """Find out what does not work here, and say what to do about it.

    It looks at Python, PyTorch and the GPU, Jupyter and its widgets, disks,
    memory, folders and the database, starts a kernel and trains for a few
    seconds. Names, folders and passwords are taken out of what it says. It
    changes nothing and asks no other computer for anything, unless --online
    is given. Exit status 1 where something is broken.
    """
    from coursekit.app.doctor import report
    from coursekit.app.doctor.masking import mask_of_here

    checks, mask = chosen(only or [], online), mask_of_here()
    if not as_json:
        show(report.heading(mask))
    found = []
    for examined in follow(checks, mask):
        found.append(examined)
        if not as_json:
            show(report.paragraph(examined))
    asked = any(check.online for check in checks)
    if as_json:
        show(report.as_json(found, mask, asked))
    else:
        show(f"\n{report.summary(found)}\n{fill(report.farewell(asked), report.WIDTH)}")
    raise typer.Exit(1 if any(it.state == "broken" for it in found) else 0)


def chosen(only: list[str], online: bool) -> list[Check]:
    """The checks to do.

    Raises:
        typer.BadParameter: There is no such check, or it would ask the network unasked.
    """
    from coursekit.app.doctor.checks import CHECKS

    for name in only:
        if name not in CHECKS:
            raise typer.BadParameter(
                f"There is no check {name!r}. There are {', '.join(CHECKS)}.", param_hint="--only"
            )
        if CHECKS[name].online and not online:
            raise typer.BadParameter(
                f"The check {name} asks other computers. Add --online to allow that.",
                param_hint="--only",
            )
    named = [check for check in CHECKS.values() if not only or check.name in only]
    return [check for check in named if online or not check.online]


def follow(checks: list[Check], mask: Mask) -> Iterator[Examined]:
    """Does the checks; on a terminal a line says meanwhile which one it is at."""
    from coursekit.app.doctor.examination import examine

    terminal = sys.stderr.isatty()
    for number, check in enumerate(checks, 1):
        text = f"{number} of {len(checks)}: {check.does} ..."
        text = text[: shutil.get_terminal_size().columns - 1]
        if terminal:
            typer.echo(text, err=True, nl=False)
        try:
            examined = examine(check, mask)
        finally:
            if terminal:
                typer.echo(f"\r{'':<{len(text)}}\r", err=True, nl=False)
        yield examined
