"""`coursekit data`: the data sets that the course uses."""

from __future__ import annotations

from typing import Annotated

import typer

from coursekit.cli.saying import said

data = typer.Typer(help="The data sets that the course uses.", no_args_is_help=True)


@data.command("list")
def list_data() -> None:
    """Name the data sets: size, whether it is on this machine, what it is."""
    from coursekit.core.wording import file_size
    from coursekit.data.catalogue import entries
    from coursekit.data.download import dataset_folder

    with said():
        for entry in entries().values():
            size = file_size(entry.bytes) if entry.bytes else "size unknown"
            size = "comes along" if entry.is_bundled else size
            here = "here" if dataset_folder(entry).is_dir() else ""
            typer.echo(f"{entry.name:<20}{size:>13}  {here:<5} {entry.about}")


@data.command("get")
def get_data(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A name from `coursekit data list`, or a URL.")
    ],
) -> None:
    """Download a data set, check it, unpack it, and print its folder."""
    from coursekit.data.catalogue import find
    from coursekit.data.download import untar_data

    with said():
        typer.echo(untar_data(find(name).url))
