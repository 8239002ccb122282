"""`coursekit train`: a folder of photos becomes a trained model."""

from __future__ import annotations

import shutil
import signal
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coursekit.cli.saying import said
from coursekit.core.errors import CourseError
from coursekit.core.wording import listing, plural
from coursekit.data.items import FolderMissing
from coursekit.data.labelled import LabelledFolder, in_names

if TYPE_CHECKING:
    from coursekit.learn.progress import Progress
    from coursekit.learn.run import TrainingRun

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
NO_FIT = r"^(.+)_\d+"
"""What is shown where nothing fits the names that there are."""

Seed = Annotated[int, typer.Option(help="Which photos judge; the same seed gives the same split.")]


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
        from coursekit.vision.folder import learner, left_out, loaders
        from coursekit.vision.items import LeftOut
        from coursekit.vision.table import OneClass

        warnings.simplefilter("ignore", LeftOut)  # said below, with names
        photos = LabelledFolder(folder, label)
        try:
            dls = loaders(photos, size, valid_pct, seed)
        except OneClass as error:
            raise OneLabel(photos) from error
        counts = plural(len(dls.table.items), "photo"), plural(len(dls.vocab), "label")
        labels = f"{' with '.join(counts)}: {listing(dls.vocab, most=12)}."
        typer.echo(f"{labels} {photos.split_in_words(valid_pct)}", err=True)
        learn = learner(dls, arch, seed)
        follow(learn.start("fine_tune", epochs, depth=depth))
        if words := left_out(dls):
            typer.echo(words, err=True)
        learn.export(output)
    typer.echo(f"Wrote {output}. Try it: coursekit predict {output} PHOTO")


class OneLabel(CourseError):
    """A folder whose photos all get the same label; says how names would give more."""

    def __init__(self, photos: LabelledFolder) -> None:
        files = photos.files()
        rule = f'--label "{photos.label}" gives' if photos.label else "their folder gives"
        super().__init__(
            f"{plural(len(files), 'photo')}, and {rule} them all one label; a classifier needs two "
            f"classes. {advice(files)}; or put the photos of each class into a folder of its own."
        )


def advice(files: Sequence[Path]) -> str:
    """Which `--label` would do for files of these names; any where none is found."""
    found = in_names(files)
    if found is None:
        return f'If names say what photos show, take the label from there, as in --label "{NO_FIT}"'
    pattern, labels = found
    return (
        f"Their names give {plural(len(labels), 'label')} ({listing(labels, most=3)}) "
        f'with --label "{pattern}"'
    )


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
