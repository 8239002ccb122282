"""`coursekit app`: a page of panels in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from coursekit.cli.saying import said

Root = Annotated[
    Path,
    typer.Option(exists=True, file_okay=False, help="The page reads photos below this folder."),
]
Port = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Default: 8866, or the next that is free."),
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Only print the address.")]
Check = Annotated[
    bool,
    typer.Option("--check", help="Start, load the page once, stop, say whether all went well."),
]


Which = Annotated[
    Literal["workbench", "course", "data", "train", "classify", "quiz", "machine"],
    typer.Argument(
        metavar="[PAGE]",
        help="workbench: choose, train, try; course: what lesson 1 asks for; data: "
        "choose photos; train: choose and train; classify: try a picture; quiz: the questions; "
        "machine: what it has, costs, and how it is shut down.",
    ),
]
Host = Annotated[
    str,
    typer.Option(
        help="The address to listen at. Any but 127.0.0.1 lets others open the page, and needs "
        "--token."
    ),
]
Token = Annotated[
    str | None,
    typer.Option(help="The secret in the page's address; by default one is drawn at each start."),
]


def serve(
    page: Which = "workbench",
    root: Root = Path(),
    host: Host = "127.0.0.1",
    port: Port = None,
    token: Token = None,
    no_browser: NoBrowser = False,
    check: Check = False,
) -> None:
    """Open a page of panels in your browser, served by and for this machine only."""
    from coursekit.app.serve import PAGES, Server

    with said(), Server(root, port, PAGES[page], host=host, token=token) as server:
        if check:
            from coursekit.app.check import load_once

            typer.echo(load_once(server))
            return
        what = "workbench" if page == "workbench" else f"page ({page})"
        typer.echo(f"The {what} is at {server.address}\nCtrl-C stops it.")
        if not no_browser:
            import webbrowser

            webbrowser.open(server.address)
        try:
            server.wait()
        except KeyboardInterrupt:
            typer.echo("\nStopped.")
