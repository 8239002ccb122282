"""`coursekit store`: what is kept about a learner, as a file and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.saying import said
from coursekit.core.wording import listing, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

store = typer.Typer(
    help="What is kept about you: your answers, review cards, places and rows of the board.",
    no_args_is_help=True,
)


@store.command("export")
def write(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="Where to write it.")],
) -> None:
    """Write all that is kept about you into one file, to keep it or to move to another machine.

    It has your answers, where you are in each questionnaire, your review
    cards, your rows of the board, when your machines were on, and your
    name if you chose one. Trained models, runs and data sets are not in
    it: copy their folders.
    """
    from coursekit.store import exchange
    from coursekit.store.database import database

    with said():
        counts = exchange.export(database(), file)
    typer.echo(f"Wrote {file}: {in_words(counts)}.")


@store.command("import")
def read(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.json", help="What `coursekit store export` wrote.")
    ],
) -> None:
    """Take in an exported file: what is there already stays, and nothing is doubled.

    A file that is damaged is refused, and nothing of it is taken in.
    """
    from coursekit.store import exchange
    from coursekit.store.database import database

    with said():
        counts = exchange.read_in(database(), file)
    added = in_words({name: n for name, (n, _) in counts.items()})
    there = sum(n for _, n in counts.values())
    were = "was" if there == 1 else "were"
    typer.echo(f"Added {added}. {plural(there, 'row')} {were} there already.")


def in_words(counts: Mapping[str, int]) -> str:
    """How many rows of each table, as people call them."""
    from coursekit.store.forgetting import WORDS

    words = {table.__tablename__: it for table, it in WORDS.items()}  # type: ignore[attr-defined]
    return listing((plural(n, *words[name]) for name, n in counts.items()), most=10)
