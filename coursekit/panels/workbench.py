"""The workbench: choose photos, train, try a picture."""

from __future__ import annotations

import os
from pathlib import Path

from ipywidgets import HTML, VBox, dlink

from coursekit.core.wording import listing
from coursekit.panels.engine import Engine, digits, general, look
from coursekit.panels.frame import style
from coursekit.panels.picker.model import PickerModel
from coursekit.panels.picker.view import picker_view
from coursekit.panels.training.model import TrainingModel
from coursekit.panels.training.view import training_view
from coursekit.panels.upload.model import UploadModel
from coursekit.panels.upload.view import upload_view

GENERAL = (
    "Until a model is trained above, answers come from one that knows the 1,000 general labels "
    "of ImageNet."
)
TITLE = (
    "<h1>coursekit workbench</h1><p>Choose photos, train a model on them, and see what it makes "
    "of a picture of your own.</p>"
)


def Workbench(root: Path | str | None = None) -> VBox:
    """Three steps on one page: photos in, a trained classifier out, a picture labelled.

    Args:
        root: The folder chooser starts here and never leaves it. Default: the folder that
            `coursekit app` was given, else the current one.
    """
    root = Path(root or os.environ.get("COURSEKIT_ROOT") or ".").resolve()
    engine = Engine()
    picker = PickerModel(look, digits)
    training = TrainingModel(engine.begin, engine.keep, engine.left_out)
    upload = UploadModel(lambda data: general().predict(data), GENERAL)
    dlink((picker, "found"), (training, "found"))

    def take(change: object) -> None:
        predictor = training.predictor
        words = listing(predictor.vocab, joint="or")
        upload.use(predictor.predict, f"Answers come from the model {training.trained}: {words}.")

    training.observe(take, "predictor")
    title = VBox([style(), HTML(TITLE)])
    title.add_class("ck-title")
    return VBox([title, picker_view(picker, root), training_view(training), upload_view(upload)])
