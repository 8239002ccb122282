"""The workbench: choose photos, train, try a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.core.wording import listing
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.panel import Panel
from coursekit.panels.picker import DatasetPicker
from coursekit.panels.training import TrainingMonitor
from coursekit.panels.upload import ImageClassifier

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.panels.picker.model import Found

GENERAL = (
    "Until a model is trained above, answers come from one that knows the 1,000 general labels "
    "of ImageNet."
)


class Workbench(Panel):
    """Three steps on one page: photos in, a trained classifier out, a picture labelled.

    Args:
        root: The folder chooser starts here and never leaves it. Default: the folder that
            `coursekit app` was given, else the current one.
        classify: Whether the third step is there.

    Attributes:
        picker: The first step.
        monitor: The second.
        classifier: The third, or None.
    """

    def __init__(self, root: Path | str | None = None, classify: bool = True) -> None:
        self.picker = DatasetPicker(root, title="1. Choose photos")
        self.monitor = TrainingMonitor(title="2. Train", again=self._choose_again)
        self.classifier = ImageClassifier(title="3. Try a picture") if classify else None
        self.model = self.picker.model
        self.model.observe(lambda change: self.monitor.use(change.new), "found")
        for name in ("size", "augment"):
            self._join(name)
        if self.classifier:
            self.classifier.model.about = GENERAL
            self.monitor.model.observe(self._trained, "predictor")

    def text(self) -> str:
        panels = (self.picker, self.monitor, self.classifier)
        return "\n\n".join(panel.text() for panel in panels if panel)

    def widgets(self) -> VBox:
        from coursekit.panels.workbench_view import workbench_view

        return workbench_view(self)

    def close(self) -> None:
        super().close()
        for step in (self.picker, self.monitor, self.classifier):
            if step:
                step.close()

    def _join(self, name: str) -> None:
        """Keeps a choice that two steps show the same in both."""
        picker, monitor = self.picker.model, self.monitor.model
        picker.observe(lambda change: monitor.choose(**{name: change.new}), name)

        def back(change: Any) -> None:
            if getattr(picker, name) != getattr(change.new, name):
                setattr(picker, name, getattr(change.new, name))

        monitor.observe(back, "choices")

    def _choose_again(self, photos: LabelledFolder) -> Found | None:
        """Chooses the photos of a run that another page began."""
        self.picker.model.take(photos)
        return self.picker.found

    def _trained(self, _: object) -> None:
        """Has the trained model answer, with photos to try that it never learned from."""
        monitor = self.monitor.model
        predictor, run = monitor.predictor, monitor.run
        if self.classifier and predictor and run:
            words = listing(predictor.vocab, joint="or")
            about = f"Answers come from the model {monitor.trained}: {words}."
            self.classifier.use(predictor, about, monitor.trainer.unseen(run.learn))
