"""A notebook with panels, exported as HTML: what a reader sees without a kernel and a network."""

from __future__ import annotations

import shutil
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import expect

from coursekit.panels.upload.model import jpeg
from coursekit.predict import decode

pytestmark = pytest.mark.slow

CELLS = (
    "from coursekit import ImageClassifier, Workbench\nWorkbench()",
    "classifier = ImageClassifier()\nclassifier.classify('it is <i>me.jpg')\nclassifier",
)
DRAW = """(script) => {
  const panel = Object.assign(document.createElement("div"), { className: "ck-panel" });
  const area = document.createElement("div");
  area.append(panel);
  script.before(area);
}"""
"""What the widgets' manager of another host does in the end."""


@pytest.fixture
def book(tmp_path: Path, pets: Path) -> Path:
    shutil.copy(pets / "Bengal_16.jpg", tmp_path / "it is <i>me.jpg")
    cells = [nbformat.v4.new_code_cell(it) for it in CELLS]
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(made, tmp_path / "panels.ipynb")
    return tmp_path / "panels.ipynb"


def exported(book: Path, *options: str) -> Path:
    """The page that nbconvert makes of it after running it."""
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "html", *options]
    subprocess.run([*command, str(book)], check=True, capture_output=True, timeout=300)
    return book.with_suffix(".html")


@pytest.mark.parametrize("state", [True, False])
def test_an_exported_page_shows_each_panel_once_as_text_until_widgets_are_drawn(
    browse: Any, book: Path, pets: Path, state: bool
) -> None:
    file = exported(book, f"--ExecutePreprocessor.store_widget_state={state}")
    nothing_is_kept_of_a_picture(file, pets / "Bengal_16.jpg")
    page = browse(file.as_uri())
    workbench, classifier = (page.locator(".jp-Cell").nth(n).locator("pre") for n in (0, 1))
    workbench, classifier = (
        it.filter(has_text="labels a picture") for it in (workbench, classifier)
    )
    expect(workbench).to_contain_text("No photos are chosen yet")
    expect(classifier).to_contain_text("it is <i>me.jpg: ")
    expect(page.get_by_text("VBox(")).to_have_count(0)
    if state:  # without it nbconvert takes the text itself
        page.locator('script[type$="widget-view+json"]').last.evaluate(DRAW)
        expect(classifier).to_have_count(0)
    expect(workbench).to_be_visible()


def nothing_is_kept_of_a_picture(page: Path, picture: Path) -> None:
    text, data = page.read_text(), picture.read_bytes()
    for of in (data, jpeg(decode(data, picture.name, 480))):
        middle = len(of) // 2  # a JPEG's beginning is much the same in all
        for start in (0, 1, 2):  # base64 has one of three forms, by where a piece begins
            assert b64encode(of[middle + start : middle + start + 60]).decode() not in text
