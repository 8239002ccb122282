"""`coursekit watch`: a process that shuts a forgotten machine down, when it is told to."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Annotated

import typer

from coursekit.cli.saying import in_cell, said, show
from coursekit.core.errors import CourseError

Idle = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Without a sign of life for so long: 45m, 1h30m, 90s."),
]
Then = Annotated[
    str | None,
    typer.Option(
        metavar="COMMAND",
        help='What is run then, once, through the shell; "provider": what stops this machine.',
    ),
]
MaxHours = Annotated[
    float | None,
    typer.Option(min=0.001, help="After so many hours it is run whatever happens."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and no more.")]
Off = Annotated[bool, typer.Option("--off", help="End the watchdog; nothing is stopped.")]
Status = Annotated[bool, typer.Option("--status", help="Say how it stands, and what it did last.")]


def watch(
    idle: Idle = None,
    then: Then = None,
    max_hours: MaxHours = None,
    dry_run: DryRun = False,
    off: Off = False,
    status: Status = False,
) -> None:
    """Shut this machine down once nobody uses it, when you say so; otherwise nothing is stopped."""
    from coursekit.machine import watchdog

    with said():
        if off:
            there = watchdog.off()
            ended = f"Switched off. {watchdog.state().why}".rstrip()
            typer.echo(ended if there else "No watchdog was at work.")
        elif status:
            show("\n".join([watchdog.sentence(watchdog.state()), *_log()]))
        else:
            _arm(idle, then, max_hours, dry_run)


def _arm(idle: str | None, then: str | None, max_hours: float | None, dry_run: bool) -> None:
    from coursekit.machine import watchdog
    from coursekit.machine.watchdog import log
    from coursekit.machine.watchdog.orders import PROVIDER, seconds

    command = (then or "").strip()
    if not (idle or max_hours) or not command:
        raise CourseError(
            "Say when, and what is done then, such as --idle 45m --then provider, or --status."
        )
    most = max_hours * 3600 if max_hours else None
    quiet = seconds(idle) if idle else most or 0.0
    it = watchdog.arm(quiet, "" if command == PROVIDER else command, most, dry_run)
    show(watchdog.sentence(it))
    here = "notebook" if in_cell() else "terminal"
    typer.echo(f"This {here} may be closed. What it does, and why, is in {log.path()}")
    if here == "terminal" and sys.stdout.isatty():  # a cell that counts would be at work for ever
        _follow()


def _follow() -> None:
    """One line that counts, until there is nothing to count or Ctrl-C; Enter is a sign of life."""
    from coursekit.machine import watchdog
    from coursekit.machine.watchdog.words import line

    try:
        while (it := watchdog.state()).guarded:
            width = shutil.get_terminal_size().columns - 1
            typer.echo(f"\r{line(it)[:width]:<{width}}", nl=False)
            _wait()
        typer.echo(f"\n{watchdog.sentence(it)}")
    except KeyboardInterrupt:
        typer.echo("\nThe watchdog goes on. `coursekit watch --off` ends it.")


def _wait() -> None:
    """Waits for a second; takes what is typed, which marks the terminal as used."""
    if sys.platform == "win32" or not sys.stdin.isatty():
        time.sleep(1)
        return
    import select

    if select.select([sys.stdin], [], [], 1)[0] and not sys.stdin.readline():
        time.sleep(1)  # its end


def _log() -> list[str]:
    from coursekit.machine.watchdog import log

    lines = log.last()
    return ["", f"From {log.path()}:", *lines] if lines else []
