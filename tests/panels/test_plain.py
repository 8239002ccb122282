"""The panels where no front end shows widgets: as text, and all that their methods do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]

STORY = """
from coursekit import DatasetPicker, ImageClassifier, TrainingMonitor, error_rate, vision_learner
from coursekit.panels.training.trainer import Trainer

def widgets():
    import sys
    module = sys.modules.get("ipywidgets.widgets.widget")
    return len(module._instances) if module else 0

picker = DatasetPicker(PHOTOS)
print(picker)
picker.choose(PHOTOS, label="^(.+)_")
print(picker)
learn = vision_learner(picker.dls(size=64), metrics=error_rate)
monitor = TrainingMonitor(learn)
print(monitor)
monitor.choose(epochs=1)
monitor.start()
monitor.wait()
print(monitor)
classifier = ImageClassifier(monitor.model.predictor)
print(classifier)
prediction = classifier.classify(PICTURE)
print(classifier)
print("widgets:", widgets())
"""
SAYS = (
    "No photos are chosen yet. Choose some:",
    "30 photos of 3 classes in few",
    "TrainingMonitor: Ready.",
    "TrainingMonitor: Finished after",
    "error rate ",
    "Now: monitor.",
    'classify("photo.jpg") labels a picture',
    "few_picture.jpg: ",
    "widgets: 0",
)

CONVERT = ("nbconvert", "--log-level=ERROR", "--execute", "--to")


@pytest.fixture
def story(pets: Path, tmp_path: Path) -> str:
    """The lines, for thirty photos in which ten are of each breed, and a picture beside them."""
    few = tmp_path / "few"
    few.mkdir()
    for breed in ("Abyssinian", "Bengal", "american_bulldog"):
        for file in sorted(pets.glob(f"{breed}_*.jpg"))[:10]:
            (few / file.name).write_bytes(file.read_bytes())
    picture = tmp_path / "few_picture.jpg"
    picture.write_bytes((pets / "Bengal_16.jpg").read_bytes())
    return f"PHOTOS, PICTURE = {str(few)!r}, {str(picture)!r}\n{STORY}"


def said(*command: str | Path) -> str:
    """What a program says; it ends well, and says nothing on its error channel."""
    done = subprocess.run(
        list(command),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        env=os.environ | {"PYTHONWARNINGS": "default"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_script_does_all_that_the_panels_do(story: str, tmp_path: Path) -> None:
    (tmp_path / "story.py").write_text(story)
    text = said(sys.executable, tmp_path / "story.py")
    for words in SAYS:
        assert words in text


@pytest.mark.slow
def test_plain_ipython_shows_the_text_of_what_a_line_gives(story: str, tmp_path: Path) -> None:
    shown = story.replace("print(monitor)", "display(monitor)")
    command = (sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "-c", shown)
    text = said(*command)
    for words in SAYS:
        assert words in text
    assert "VBox(" not in text


@pytest.mark.slow
def test_a_notebook_keeps_each_panel_as_text_beside_its_widgets(story: str, tmp_path: Path) -> None:
    """What a reader without widgets, and nbconvert's Markdown, get of it."""
    lines = [it for it in story.splitlines() if not it.startswith("print")]
    cells = ["\n".join(lines), "picker", "monitor", "classifier"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(it) for it in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, tmp_path / "story.ipynb")
    said(sys.executable, "-m", "jupyter", *CONVERT, "markdown", tmp_path / "story.ipynb")
    page = (tmp_path / "story.md").read_text()
    for words in (SAYS[1], *SAYS[3:8]):
        assert words in page
    assert "VBox(" not in page
