"""The panels in Notebook 7: a small data set, trained, stopped, a picture labelled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from support_lab import Jupyter, jupyter, outputs, run_all, some_digits
from support_pages import (
    BROKEN,
    button,
    choose,
    click,
    line,
    picture,
    set_epochs,
    steps,
    upload,
    verdict,
    wait_for_points,
)

pytestmark = pytest.mark.slow

ABOVE = "Printed above the panels."
BEGIN = f"""
from coursekit import Workbench
print({ABOVE!r})
Workbench()
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Jupyter]:
    with jupyter("notebook", tmp_path, COURSEKIT_HOME=str(tmp_path / "home")) as it:
        yield it


def test_digits_are_learned_and_a_picture_is_labelled(
    browse: Any, notebook: Jupyter, elsewhere: list[str]
) -> None:
    three = some_digits(notebook.folder / "digits")
    page = browse(notebook.notebook("digits", BEGIN), height=1400)
    run_all(page, notebook.kind)
    page.get_by_role("heading", name="3. Try a picture").wait_for(timeout=60_000)
    choose(page, "digits")
    page.get_by_text("180 photos of 3 classes in digits").first.wait_for()
    set_epochs(page, 5)
    page.get_by_label("Speed").select_option(label="10 steps a second")
    click(page, "Start")
    wait_for_points(page, 3)
    click(page, "Stop")
    expect(line(page, "^Stopped in")).to_be_visible()
    stopped = steps(page)
    page.get_by_label("Speed").select_option(label="as fast as it goes")
    click(page, "Resume")
    wait_for_points(page, stopped + 1)
    expect(line(page, "^Finished")).to_be_visible(timeout=60_000)
    expect(button(page, "Start")).to_be_enabled(timeout=60_000)  # what was learned is ready
    upload(page, three)
    expect(verdict(page, rf"^{re.escape(three.name)}: 3 \(")).to_be_visible()
    assert outputs(page, 0) == [ABOVE]
    picture(page, "notebook-labelled-light")
    assert elsewhere == []
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)
