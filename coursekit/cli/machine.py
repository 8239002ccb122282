"""`coursekit machine`: what this machine has, and what it is doing."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.saying import said, show

if TYPE_CHECKING:
    from coursekit.machine.readings import Reading

AGAIN = 1.0
"""Seconds between two readings that are watched."""

MOMENT = 0.2
"""Seconds over which the first share of the processor is taken."""

Json = Annotated[
    bool, typer.Option("--json", help="As JSON; with --watch one line for each reading.")
]
Watch = Annotated[bool, typer.Option("--watch", help="Once a second, until Ctrl-C.")]
Price = Annotated[
    str | None,
    typer.Option(
        metavar="PRICE",
        help='Keep what an hour of this machine costs, such as "0.526 $"; "" for nothing.',
    ),
]


def machine(as_json: Json = False, watch: Watch = False, price: Price = None) -> None:
    """Say what this machine has, GPUs and who holds them, and what leaving it on costs."""
    from coursekit.machine.reader import status

    if price is not None:
        keep(price)
    with suppress(KeyboardInterrupt):
        status()
        time.sleep(MOMENT)
        if watch and sys.stdout.isatty() and not as_json:
            watch_in_place()
        elif watch:
            watch_in_lines(as_json)
        else:
            show(as_text(status(), as_json))


def keep(price: str) -> None:
    """Keeps what an hour costs, or says what is wrong with it."""
    from coursekit.machine.rate import set_rate

    with said():
        set_rate(price)


def as_text(reading: Reading, as_json: bool) -> str:
    """A reading, and what leaving it means, for people or for programs."""
    from coursekit.machine import month
    from coursekit.machine.bill import bill
    from coursekit.machine.report import as_data

    month.note()
    found = bill()
    if as_json:
        return json.dumps({**as_data(reading), **found.as_json()}, indent=2)
    return "\n".join([str(reading), "", *found.sentences()])


def watch_in_lines(as_json: bool) -> None:
    """A line a second, for a file or another program."""
    from coursekit.machine.reader import status
    from coursekit.machine.report import as_data
    from coursekit.machine.words import lines

    while True:
        reading = status()
        if as_json:
            show(json.dumps(as_data(reading)))
        else:
            show(f"{time.strftime('%H:%M:%S')} {' | '.join(lines(reading))}")
        time.sleep(AGAIN)


def watch_in_place() -> None:
    """The same lines, written over the last ones."""
    from coursekit.machine.reader import status
    from coursekit.machine.words import lines

    rows = 0
    while True:
        width, height = shutil.get_terminal_size()
        text = [row for line in lines(status()) for row in textwrap.wrap(line, max(width - 1, 20))]
        text = text[: height - 1]  # what has left the screen cannot be written over
        back = f"\x1b[{rows}F" if rows else ""
        show(back + "\n".join(f"{row}\x1b[K" for row in text) + "\x1b[J")
        rows = len(text)
        time.sleep(AGAIN)
