"""`coursekit store`: what is kept about a learner, as a file and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.saying import agreed, said
from coursekit.core.errors import CourseError
from coursekit.core.wording import listing, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coursekit.store.database import Database
    from coursekit.store.whose import Held

Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Put somebody else's results to yours without asking.")
]

store = typer.Typer(
    help="What is kept about you: your answers, review cards, places, rows of the board and deeds.",
    no_args_is_help=True,
)


@store.command("export")
def write(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="Where to write it.")],
) -> None:
    """Write all that is kept about you into one file, to keep it or to move to another machine.

    It has your answers, where you are in each questionnaire, your review
    cards, your rows of the board, when your machines were on, what you did,
    by which the homework ticks itself, and your name if you chose one.
    Trained models, runs and data sets are not in it: copy their folders.
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
    yes: Yes = False,
) -> None:
    """Take in an exported file: what is there already stays, and nothing is doubled.

    It asks before it puts somebody else's results to yours. A file that is
    damaged is refused, and nothing of it is taken in.
    """
    from coursekit.store import exchange
    from coursekit.store.database import database

    with said():
        it = database()
        if not yes and not is_wanted(it, file):
            typer.echo("Nothing was taken in.")
            return
        counts = exchange.read_in(it, file)
    added = in_words({name: n for name, (n, _) in counts.items()})
    there = sum(n for _, n in counts.values())
    were = "was" if there == 1 else "were"
    typer.echo(f"Added {added}. {there:,} {were} there already.")


def is_wanted(it: Database, file: Path) -> bool:
    """Whether a file may be taken in: asks where it seems to be somebody else's.

    Raises:
        CourseError: It is somebody else's, and nobody can be asked; or it can't be looked at first.
    """
    from coursekit.core import paths
    from coursekit.store import forgetting, whose
    from coursekit.store.tables import Attempt, Run

    there = forgetting.kept(it)
    if not there.rows[Attempt] and not there.rows[Run]:  # nothing by which people are told apart
        return True
    if file.exists() and not file.is_file() and not file.is_dir():
        raise CourseError(f"{file} is read once only. Save it as a file first, or say --yes.")
    held = whose.look(it, file)
    if held.mine:
        return True
    mine = whose.Held(there.name, there.rows[Attempt])
    both = (
        f"{file} holds the results of {of_whom(held)}, and this home, {paths.home()}, those of "
        f"{of_whom(mine)}."
    )
    return agreed(
        f"{both} Put them together? They can't be taken apart again.",
        f"{both} If they are to be put together, say --yes.",
    )


def of_whom(held: Held) -> str:
    """`Ada (12 answers, the last on 4 May 2026)`."""
    last = f", the last on {held.last.astimezone():%d %b %Y}" if held.last else ""
    return f"{held.name or 'somebody without a name'} ({plural(held.answers, 'answer')}{last})"


def in_words(counts: Mapping[str, int]) -> str:
    """How many rows of each table, and how many deeds, as people call them."""
    from coursekit.store.forgetting import TICKS, WORDS

    words = {table.__tablename__: it for table, it in WORDS.items()}  # type: ignore[attr-defined]
    words["deeds"] = TICKS
    return listing((plural(n, *words[name]) for name, n in counts.items()), most=10)
