"""The command line: train, predict, get data, open the workbench."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from coursekit.core.errors import CourseError, sentence
from coursekit.core.wording import listing, plural
from coursekit.data.items import FolderMissing

if TYPE_CHECKING:
    from coursekit.learn.progress import Progress
    from coursekit.learn.run import TrainingRun
    from coursekit.predict import Predictor

app = typer.Typer(
    help="Train an image classifier on your own photos, try it, and learn how it works.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
data = typer.Typer(help="The data sets that the course uses.", no_args_is_help=True)
app.add_typer(data, name="data")


def say_version(asked: bool) -> None:
    """Prints the version and ends, where that is asked."""
    if asked:
        typer.echo(f"coursekit {version('coursekit-companion')}")
        raise typer.Exit


@app.callback()
def main(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=say_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    """Train an image classifier on your own photos, try it, and learn how it works."""


@contextmanager
def said() -> Iterator[None]:
    """An error that a person can meet becomes a line on stderr and exit status 1."""
    try:
        yield
    except CourseError as error:
        typer.echo(f"coursekit: {sentence(error)}", err=True)
        raise typer.Exit(1) from None


Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="A folder of photos, with one folder inside for each class."
    ),
]
Output = Annotated[
    Path,
    typer.Option("--output", "-o", help="Where to write the trained model, such as pets.ckit."),
]
Label = Annotated[
    str | None,
    typer.Option(
        metavar="REGEX",
        help="Take each photo's label from its file name instead of its folder: the first group "
        r"of this regular expression, such as '^(.+)_\d+'.",
    ),
]
Arch = Annotated[
    str | None,
    typer.Option(
        help="Network: a timm name, such as resnet34. Default: a small one that comes along."
    ),
]
Epochs = Annotated[
    int,
    typer.Option(
        min=1,
        help="How often to go through the photos; the head alone goes ten quick times for each.",
    ),
]
Depth = Annotated[
    Literal["auto", "head", "last", "all"],
    typer.Option(
        help="How much of the network trains: head (seconds), last (its last stage too), all, "
        "or auto (head without a GPU, all with one)."
    ),
]
Size = Annotated[
    int, typer.Option(min=32, max=1024, help="Photos become squares of so many pixels.")
]
ValidPct = Annotated[
    float,
    typer.Option(
        min=0.01,
        max=0.9,
        help="The share of photos that only judges the model. A folder that has train and valid "
        "(or val) inside brings its own; one called test is left alone.",
    ),
]
Seed = Annotated[int, typer.Option(help="Which photos judge; the same seed gives the same split.")]


@app.command()
def train(
    folder: Folder,
    output: Output,
    label: Label = None,
    arch: Arch = None,
    epochs: Epochs = 1,
    depth: Depth = "auto",
    size: Size = 224,
    valid_pct: ValidPct = 0.2,
    seed: Seed = 42,
) -> None:
    """Train a classifier on a folder of photos.

    Ctrl-C ends the training early and keeps what was learned.
    """
    with said():
        check_output(output)
        if not folder.is_dir():
            raise FolderMissing(folder, "is a file" if folder.exists() else "is not there")
        typer.echo("Loading PyTorch and the photos ...", err=True)
        from coursekit.data.labelled import LabelledFolder
        from coursekit.vision.folder import learner, left_out, loaders
        from coursekit.vision.items import LeftOut

        warnings.simplefilter("ignore", LeftOut)  # said below, with names
        photos = LabelledFolder(folder, label)
        dls = loaders(photos, size, valid_pct, seed)
        counts = plural(len(dls.table.items), "photo"), plural(len(dls.vocab), "label")
        labels = f"{' with '.join(counts)}: {listing(dls.vocab, most=12)}."
        typer.echo(f"{labels} {photos.split_in_words(valid_pct)}", err=True)
        learn = learner(dls, arch, seed)
        follow(learn.start("fine_tune", epochs, depth=depth))
        if words := left_out(dls):
            typer.echo(words, err=True)
        learn.export(output)
    typer.echo(f"Wrote {output}. Try it: coursekit predict {output} PHOTO")


def check_output(output: Path) -> None:
    """Before minutes of training, not after them."""
    if not output.parent.is_dir():
        raise CourseError(f"There is no folder {output.parent} to write to. Make it first.")
    if output.is_dir():
        raise CourseError(f"{output} is a folder. Name a file, such as {output / 'model.ckit'}.")


def follow(run: TrainingRun) -> None:
    """Says where the run is until it ends; Ctrl-C stops it and keeps what it has learned.

    Raises:
        CourseError: It ended with an error, or before anything was learned.
    """
    from coursekit.learn.progress import ENDED
    from coursekit.panels.training.words import summary

    line = StatusLine()
    before = signal.getsignal(signal.SIGINT)

    def stop(*_: object) -> None:
        """In the place of KeyboardInterrupt, which is lost where a finaliser happens to run."""
        signal.signal(signal.SIGINT, before)  # a second Ctrl-C ends the program at once
        run.stop(wait=False)

    signal.signal(signal.SIGINT, stop)
    try:
        while (now := run.progress).state not in ENDED:
            line.show(summary(now), now)
            time.sleep(0.05)
    finally:
        signal.signal(signal.SIGINT, before)
    last = run.wait()
    line.show(summary(last), last)
    line.end()
    if run.progress.error:
        raise CourseError(run.progress.error)
    if run.progress.state == "stopped" and run.progress.valid_loss is None:
        raise CourseError("Stopped before the first epoch ended, so there is no model to write.")


class StatusLine:
    """One line of a terminal, written over again; in a file a line for each epoch."""

    def __init__(self) -> None:
        self.terminal, self.width = sys.stderr.isatty(), 0
        self.last: tuple[str, int] | None = None

    def show(self, text: str, progress: Progress) -> None:
        """Writes `text` where it is due."""
        if self.terminal:
            text = text[: shutil.get_terminal_size().columns - 1]  # a wrapped line can't be redone
            typer.echo(f"\r{text:<{self.width}}", err=True, nl=False)
            self.width = len(text)
        elif (now := (progress.state, progress.epoch)) != self.last:
            self.last = now
            typer.echo(text, err=True)

    def end(self) -> None:
        """Leaves the line."""
        if self.terminal:
            typer.echo(err=True)


Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A trained model, as `coursekit train` writes it.")
]
Photos = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Photos to label.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object a line, with every label's probability.")
]


@app.command()
def predict(model: Model, files: Photos, as_json: AsJson = False) -> None:
    """Label photos with a trained model.

    Prints a line for each file: its name, the label, how probable it is. Exit status 1 where a file
    could not be read; the others are done all the same.
    """
    from coursekit.predict import load_learner

    failed = False
    with said():
        predictor = load_learner(model)
        for file in files:
            try:
                row = label_of(predictor, file)
            except CourseError as error:
                failed, row = True, {"file": str(file), "error": sentence(error)}
                typer.echo(f"coursekit: {row['error']}", err=True)
            show_row(row, as_json)
    raise typer.Exit(int(failed))


def label_of(predictor: Predictor, file: Path) -> dict[str, Any]:
    """The row that `--json` prints of one file.

    Raises:
        CourseError: It cannot be read, or is no picture.
    """
    prediction = predictor.predict(file)
    label, index, probabilities = prediction
    return {
        "file": str(file),
        "label": label,
        "probability": float(probabilities[index]),
        "unsure": bool(prediction.unsure),
        "probabilities": [
            {"label": name, "probability": float(p)}
            for name, p in zip(predictor.vocab, probabilities, strict=True)
        ],
    }


def show_row(row: dict[str, Any], as_json: bool) -> None:
    """Prints one file's row, for a program or for a person."""
    if as_json:
        typer.echo(json.dumps(row, ensure_ascii=False))
    elif "error" not in row:
        unsure = ", unsure" if row["unsure"] else ""
        typer.echo(f"{row['file']}: {row['label']} ({100 * row['probability']:.1f} %{unsure})")


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
    Literal["workbench", "data", "train", "classify"],
    typer.Argument(
        metavar="[PAGE]",
        help="workbench: all three steps; data: choose photos; train: choose and train; classify: "
        "try a picture.",
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


@app.command("app")
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


if __name__ == "__main__":
    app()
