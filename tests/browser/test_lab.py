"""The panels in JupyterLab, each in a line of a notebook."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support_lab import (
    Jupyter,
    cell,
    jupyter,
    outputs,
    run_all,
    run_cell,
    save,
    some_digits,
    wait_for_end,
)
from support_pages import (
    BROKEN,
    button,
    choose_pets,
    click,
    line,
    picture,
    set_epochs,
    steps,
    train_with_a_break,
    try_pictures,
    wait_for_points,
)

from coursekit.panels.upload.model import jpeg
from coursekit.predict import decode

pytestmark = pytest.mark.slow

ABOVE = "Printed above the monitor."

DIGITS = """
from torch import nn
from coursekit.vision.all import *
from coursekit import TrainingMonitor

dls = ImageDataLoaders.from_folder("digits", valid_pct=0.2, bs=16)
learn = vision_learner(dls, metrics=error_rate)
"""
MONITOR = f"""
print({ABOVE!r})
monitor = TrainingMonitor(learn)
monitor
"""
COUNT = """
import time
for number in range(8):
    print("mine", number)
    time.sleep(0.25)
"""
COUNTED = "\n".join(f"mine {number}" for number in range(8))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """One server for all tests here, with a home of its own."""
    folder = tmp_path_factory.mktemp("lab")
    with jupyter("lab", folder, COURSEKIT_HOME=str(folder / "home")) as it:
        some_digits(it.folder / "digits")
        yield it


def opened(browse: Any, lab: Jupyter, name: str, *cells: str) -> Page:
    """The page of a new notebook, all of whose cells were run."""
    page: Page = browse(lab.notebook(name, *cells), height=1400)
    run_all(page, lab.kind)
    return page


def test_the_whole_game_on_450_photos(
    browse: Any, lab: Jupyter, pets: Path, elsewhere: list[str]
) -> None:
    begin = f"from coursekit import Workbench\nWorkbench({str(pets.parent.parent)!r})"
    page = opened(browse, lab, "game", begin)
    page.get_by_role("heading", name="3. Try a picture").wait_for(timeout=60_000)
    choose_pets(page)
    page.get_by_label("How much learns").select_option(index=2)
    set_epochs(page, 2)
    page.get_by_label("Speed").select_option(label="10 steps a second")
    train_with_a_break(page)
    page.get_by_label("Speed").select_option(label="as fast as it goes")
    expect(line(page, r"^Finished after \d+ passes")).to_be_visible(timeout=240_000)
    error = re.search(r"error rate ([\d.]+) %", line(page, "^Finished").inner_text())
    assert error
    assert float(error[1]) <= 5
    expect(button(page, "Start")).to_be_enabled(timeout=60_000)  # what was learned is ready
    expect(page.get_by_text("Answers come from the model trained on")).to_be_visible()
    picture(page, "lab-game")
    try_pictures(page, pets)
    nothing_is_kept_of_an_upload(page, lab, pets)
    assert elsewhere == []
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)


def nothing_is_kept_of_an_upload(page: Page, lab: Jupyter, pets: Path) -> None:
    """The notebook, saved with its widgets' state while a picture is shown, has none of it."""
    save(page)
    book = lab.saved("game")
    assert book.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    text = (lab.folder / "game.ipynb").read_text()
    assert "Bengal_16.jpg: Bengal" in text  # what is said of it is there
    data = (pets / "Bengal_16.jpg").read_bytes()
    for of in (data, jpeg(decode(data, "Bengal_16.jpg", 480))):
        middle = len(of) // 2  # a JPEG's beginning is much the same in all
        for start in (0, 1, 2):  # base64 has one of three forms, by where a piece begins
            piece = of[middle + start : middle + start + 60]
            assert b64encode(piece).decode() not in text


def test_a_training_goes_on_whatever_happens_to_cells_and_page(
    browse: Any, lab: Jupyter, elsewhere: list[str]
) -> None:
    page = opened(browse, lab, "monitor", DIGITS, MONITOR, "")
    button(page, "Start").wait_for(timeout=60_000)
    set_epochs(page, 50)
    page.get_by_label("Speed").select_option(label="10 steps a second")
    click(page, "Start")
    wait_for_points(page, 3)
    assert outputs(page, 1) == [ABOVE]
    another_cell_has_only_its_own_output(page)
    run_again_it_is_the_same_run(page)
    a_second_start_is_refused(page)
    after_a_refresh_it_is_there_again(page)
    click(page, "Stop")
    expect(line(page, "^Stopped in")).to_be_visible()
    assert outputs(page, 1) == [ABOVE]
    no_step_is_missing(page)
    assert elsewhere == []


def another_cell_has_only_its_own_output(page: Page) -> None:
    write(page, 2, COUNT)
    before = steps(page)
    run_cell(page, 2)
    wait_for_end(page, 2)
    assert steps(page) > before  # the panel is alive while the cell is at work
    assert outputs(page, 2) == [COUNTED]


def write(page: Page, number: int, code: str) -> None:
    """Replaces what is in a cell."""
    cell(page, number).locator(".jp-InputArea .cm-content").fill(code)


def run_again_it_is_the_same_run(page: Page) -> None:
    before = steps(page)
    run_cell(page, 1)
    wait_for_points(page, before + 3)
    expect(page.get_by_role("heading", name="Train", exact=True)).to_have_count(1)
    assert outputs(page, 1) == [ABOVE]


def a_second_start_is_refused(page: Page) -> None:
    expect(button(page, "Start")).to_be_disabled()
    write(page, 2, "TrainingMonitor(learn).start()")
    run_cell(page, 2)
    refusal = cell(page, 2).get_by_text("A training is going on already, so none was started.")
    expect(refusal.first).to_be_visible()
    write(page, 2, "learn.fine_tune(1)")
    run_cell(page, 2)
    expect(cell(page, 2).get_by_text(re.compile("CourseError|Busy")).first).to_be_visible()


def after_a_refresh_it_is_there_again(page: Page) -> None:
    save(page)
    before = steps(page)
    page.reload()
    page.locator(".jp-Notebook .jp-CodeCell").nth(1).wait_for(timeout=60_000)
    wait_for_points(page, before + 1)
    expect(line(page, "^Training")).to_be_visible()
    assert outputs(page, 1) == [ABOVE]


def no_step_is_missing(page: Page) -> None:
    """The chart has as many points as the run has steps, and they count up from 0."""
    write(page, 2, "print([s for s, _, _ in monitor.model.teller.points], len(learn.history))")
    run_cell(page, 2)
    wait_for_end(page, 2)
    told = re.fullmatch(r"\[([\d, ]+)\] (\d+)", outputs(page, 2)[0])
    assert told
    number = int(told[2])
    assert [int(it) for it in told[1].split(",")] == list(range(number))
    wait_for_points(page, number)
    assert steps(page) == number


RAISES = """
class Raises(nn.Linear):
    def forward(self, x):
        raise ValueError("This model has no ears")

TrainingMonitor(Learner(dls, Raises(1, 1), nn.CrossEntropyLoss()))
"""


def test_an_error_in_the_training_is_a_sentence_in_its_panel(browse: Any, lab: Jupyter) -> None:
    page = opened(browse, lab, "error", DIGITS, RAISES)
    click(page, "Start")
    alert = page.get_by_role("alert").filter(has_text="This model has no ears")
    expect(alert).to_be_visible(timeout=60_000)
    expect(button(page, "Start")).to_be_enabled()
    expect(button(page, "Stop")).to_be_disabled()
    assert outputs(page, 1) == []
    expect(page.get_by_text("Traceback")).to_have_count(0)
