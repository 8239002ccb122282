"""`coursekit name` and `coursekit forget`: what is kept about whoever learns here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coursekit.cli.saying import said, show, shown
from coursekit.core.errors import CourseError
from coursekit.core.wording import listing, plural

if TYPE_CHECKING:
    from coursekit.store.forgetting import Kept

NewName = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="What to call you from now on; at most 80 characters."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Erase without asking.")]
NameOnly = Annotated[bool, typer.Option("--name-only", help="Erase your name, and nothing else.")]
FOLDERS = ("runs", "models", "datasets", "cache", "state")
"""Of the home folder: what does not belong to the database."""


def name(new: NewName = None) -> None:
    """Say what you are called here, or choose a name.

    The board and the results that you hand in show it. A name is never asked
    for; `coursekit forget --name-only` erases it.
    """
    from coursekit.store import answers, naming
    from coursekit.store.database import database

    with said():
        if new is None:
            with database().reading() as session:
                known = naming.name_of(session)
            show(known or "You have no name here. Choose one: coursekit name NAME")
            return
        chosen = naming.checked(new)
        with database().writing() as session:
            answers.the_learner(session, chosen)
    show(f"You are called {chosen} now.")


def forget(yes: Yes = False, name_only: NameOnly = False) -> None:
    """Erase what is kept about you: your name, answers, review cards, rows of the board.

    It asks first, and says what was erased and what stays: models, runs and
    data sets are files in the home folder, and files that you exported are
    yours.
    """
    from coursekit.store import forgetting
    from coursekit.store.database import database

    with said():
        there = forgetting.kept(database())
        if name_only:
            forget_name(there)
            return
        if not there.is_something:
            typer.echo(f"Nothing is kept about you.\n{what_stays()}")
            return
        what = listing(in_words(there), most=10)
        if not yes and not typer.confirm(shown(f"Erase {what}? This can't be undone.")):
            typer.echo("Nothing was erased.")
            return
        left = forgetting.erase(database())
        shared = f"{baselines_stay(there.stay)}\n" if there.stay else ""
        show(f"Erased: {what}.\n{shared}{what_stays()}")
        say_copies(left)


def forget_name(there: Kept) -> None:
    """Erases the name alone."""
    from coursekit.store import forgetting
    from coursekit.store.database import database

    if not there.name:
        typer.echo("You have no name here, so there is none to erase.")
        return
    left = forgetting.erase_name(database())
    show(f"Erased: the name {there.name}. Your answers and all else stay, without a name.")
    say_copies(left)


def in_words(there: Kept) -> list[str]:
    """What there is, such as `12 answers`."""
    from coursekit.store.forgetting import TICKS, WORDS

    counts = [plural(n, *WORDS[table]) for table, n in there.rows.items() if n]
    ticks = [plural(len(there.did.deeds), *TICKS)] if there.did.deeds else []
    seen = ["which photos of the game you saw"] if there.did.played else []
    named = [f"the name {there.name}"] if there.name else []
    known = ["the id of this home folder"] if there.id else []
    return [*counts, *ticks, *seen, *named, *known]


def baselines_stay(n: int) -> str:
    """That others go on to see baselines, a sentence."""
    stay = plural(n, "baseline stays", "baselines stay")
    return f"{stay} on boards where others have rows: that is about photos, not about you."


def what_stays() -> str:
    """What `forget` leaves, and how to be rid of it."""
    from coursekit.core import paths

    home = paths.home()
    folders = [it for it in FOLDERS if (home / it).is_dir() and any((home / it).iterdir())]
    exported = "Files that you exported or handed in stay where they are."
    if not folders:
        return exported
    stays = f"In {home} there stay: {listing(folders, most=10)}. Delete these folders to be rid of"
    return f"{stays} them, or the whole folder.\n{exported}"


def say_copies(left: list[Path]) -> None:
    """Names the copies that still have what was erased.

    Raises:
        CourseError: There are some.
    """
    if left:
        names = listing((str(it) for it in left), most=5)
        raise CourseError(
            f"Older copies of the database could not be changed: {names}. Delete them."
        )
