"""`coursekit run`: a recipe run again, and whether the same came out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coursekit.cli.saying import said
from coursekit.cli.training import follow

File = Annotated[
    Path,
    typer.Argument(metavar="RECIPE", help="A recipe.json, or the folder of a run that has one."),
]
Photos = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", help="Where the photos are. Default: where that run had them from."
    ),
]
Epochs = Annotated[int | None, typer.Option(min=1, help="Change the number of epochs.")]
Seed = Annotated[int | None, typer.Option(help="Change the seed.")]
Size = Annotated[int | None, typer.Option(min=32, max=1024, help="Change the size of photos.")]
Arch = Annotated[str | None, typer.Option(help="Change the network: a timm name.")]
Board = Annotated[
    str | None, typer.Option(metavar="NAME", help="Put the new run on the board by this name.")
]


def run_again(
    recipe: File,
    photos: Photos = None,
    epochs: Epochs = None,
    seed: Seed = None,
    size: Size = None,
    arch: Arch = None,
    board: Board = None,
) -> None:
    """Train again from a recipe, and say whether the same came out.

    On the same machine with as many threads every loss is the same; elsewhere the error rate lies
    within the first one's 95 % interval. Exit status 1 where neither is so. With a change, what
    differs is said, and nothing is to be reproduced.
    """
    with said():
        typer.echo("Loading PyTorch and the photos ...", err=True)
        from coursekit.experiments import remaking, rerun

        before = rerun.read_recipe(recipe)
        home = recipe if recipe.is_dir() else recipe.parent
        changes = {"epochs": epochs, "seed": seed, "size": size, "architecture": arch}
        found = remaking.find_photos(before, photos, home)
        changed = any(value is not None for value in changes.values())
        run = rerun.run_again(before, found, **changes)
        follow(run)
        compared = rerun.compare_runs(before, home, run)
        typer.echo(compared.changed if changed else str(compared))
        typer.echo(f"The new run is in {run.folder}.", err=True)
        if board is not None:
            from coursekit import scores

            typer.echo(str(scores.add(run, board)))
    raise typer.Exit(0 if changed or compared.reproduced else 1)
