"""`coursekit bye`: leave the machine so that nothing is lost and nothing is forgotten."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.saying import agreed, said, show
from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.core.wording import listing, plural

if TYPE_CHECKING:
    from coursekit.machine.jupyter.kernels import Kernel
    from coursekit.machine.providers import Provider

PATIENCE = 60.0
"""Seconds for runs to write their checkpoints."""

HEARD = 1.0
"""Seconds for a cell to show what was printed, before its kernel ends."""

Yes = Annotated[bool, typer.Option("--yes", "-y", help="End kernels, and stop, without asking.")]
Stop = Annotated[bool, typer.Option("--stop", help="Then stop this machine, after asking.")]


def bye(stop: Stop = False, yes: Yes = False) -> None:
    """Leave: runs write a checkpoint, kernels end, and you are told how to stop the machine.

    Nothing is stopped but what you are asked about.
    """
    from coursekit.machine.jupyter.kernels import KernelsStay
    from coursekit.machine.providers import recognise

    provider = recognise()
    own: list[Kernel] = []
    try:
        with said():
            try:
                save()
                own, stay = end_kernels(yes)
            finally:
                how, *still = provider.leaving()
                show("\n".join([*where_things_are(), how, *(f"  {it}" for it in still)]))
            if stop:
                stop_machine(provider, yes)
            if stay:
                raise KernelsStay(*stay)
    finally:
        with said():
            end_own(own)


def save() -> None:
    """Has each run at work write a checkpoint, and waits for them.

    Raises:
        CourseError: Some run can't be asked, or did not write it in time.
    """
    from coursekit.machine.watchdog.saving import Checkpoints

    wanted = Checkpoints()
    asked = wanted.ask()
    if asked.unasked:
        raise CourseError(
            f"Nobody could be asked for a checkpoint in {listing(asked.unasked)}, so nothing was "
            "ended. Stop what trains there, then say bye again."
        )
    if not asked.runs:
        return
    typer.echo(f"Waiting for the {plural(len(asked.runs), 'checkpoint')} of what trains now …")
    end = time.monotonic() + PATIENCE
    while (missing := wanted.missing()) and time.monotonic() < end:
        time.sleep(0.2)
    if missing:
        raise CourseError(
            f"{plural(missing, 'run')} did not write a checkpoint within {PATIENCE:.0f} s, so "
            "nothing was ended. Stop it in its notebook, then say bye again."
        )
    typer.echo("Written: resume_from, or Resume in the monitor, goes on from there.")


def end_kernels(yes: bool) -> tuple[list[Kernel], list[Kernel]]:
    """Ends the kernels of this user's Jupyter servers, once somebody said so.

    Returns:
        The one that runs this command, which must end last, if it is to end; those that stay.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    from coursekit.machine.jupyter.above import kernels_above
    from coursekit.machine.jupyter.kernels import end_all, running

    found, unasked = running(Path(jupyter_runtime_dir()))
    for sentence in unasked:
        show(sentence)
    if not found or not (
        yes
        or agreed(
            f"{listed(found)} What is not saved in them is lost. End them?",
            f"{listed(found)} Nobody can be asked here; end them with --yes.",
        )
    ):
        return [], []
    own = [it for it in found if it.id in kernels_above()]
    others = [it for it in found if it not in own]
    stay = end_all(others)
    if ended := len(others) - len(stay):
        typer.echo(f"Ended {plural(ended, 'kernel')}.")
    return own, stay


def end_own(own: list[Kernel]) -> None:
    """Ends the kernel whose cell runs this command, and the command with it."""
    from coursekit.machine.jupyter.kernels import KernelsStay, end_all

    if own:
        show(f"The kernel that runs this ends now, too: {listing(it.name for it in own)}.")
        sys.stdout.flush()
        time.sleep(HEARD)
        if stay := end_all(own):  # else this is not reached
            raise KernelsStay(*stay)


def listed(found: list[Kernel]) -> str:
    """Such as: 2 kernels run: a.ipynb, b.ipynb (busy)."""
    names = listing(f"{it.name} (busy)" if it.busy else it.name for it in found)
    runs = "kernel runs" if len(found) == 1 else "kernels run"
    return f"{len(found)} {runs}: {names}."


def where_things_are() -> list[str]:
    """What is saved, and where; only what is there."""
    home = paths.home()
    things = {
        "runs": "Runs, with their checkpoints",
        "models": "Models",
        "datasets": "Data sets",
        "coursekit.db": "Answers, reviews and the board",
    }
    lines = [f"  {what}: {home / name}" for name, what in things.items() if (home / name).exists()]
    return ["Saved on this machine's disk:", *lines] if lines else []


def stop_machine(provider: Provider, yes: bool) -> None:
    """Stops this machine, once somebody said so."""
    if not provider.can_stop:
        raise CourseError(f"{provider.name} can't be stopped from here. {provider.stop}")
    if yes or agreed(
        f"Stop this machine now ({provider.name})?",
        "Nobody can be asked here; stop this machine with --stop --yes.",
    ):
        show(provider.stop_now())
