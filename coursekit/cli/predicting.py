"""`coursekit predict`: photos get their labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coursekit.cli.saying import said
from coursekit.core.errors import CourseError, sentence

if TYPE_CHECKING:
    from coursekit.predict import Predictor

Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A trained model, as `coursekit train` writes it.")
]
Photos = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Photos to label.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object a line, with every label's probability.")
]


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
