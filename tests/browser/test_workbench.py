"""The whole game in the page that Voila serves, on real photos."""

from __future__ import annotations

import os
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from support_pages import (
    BROKEN,
    button,
    choose_digits,
    choose_pets,
    click,
    line,
    opened,
    overflow,
    picture,
    set_epochs,
    steps,
    train_with_a_break,
    try_pictures,
    upload,
    verdict,
    violations,
    wait_for_points,
)

from coursekit.app.serve import Server

ROUNDS = 5


@pytest.mark.slow
def test_the_whole_game_on_450_photos(
    browse: Any, workbench: Server, pets: Path, uploads: Path, tmp_path: Path, elsewhere: list[str]
) -> None:
    page = opened(browse, workbench.address)
    assert page.title() == "coursekit workbench"
    expect(button(page, "Start")).to_be_disabled()
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
    expect(button(page, "Start")).to_be_enabled(timeout=60_000)
    expect(page.get_by_text("Answers come from the model trained on")).to_be_visible()
    for _ in range(ROUNDS):
        try_pictures(page, pets)
    try_odd_files(page, uploads, tmp_path)
    assert elsewhere == []
    assert violations(page) == []
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)


def try_odd_files(page: Page, uploads: Path, tmp_path: Path) -> None:
    """A large photo gets a label; what is no picture a sentence; then the panel is as before."""
    large = tmp_path / "large.png"
    noise = np.random.default_rng(1).integers(0, 256, (1990, 2000, 3), dtype=np.uint8)
    Image.fromarray(noise).save(large)
    assert large.stat().st_size > 11 * 2**20
    upload(page, large)
    expect(verdict(page, r"^large\.png: ")).to_be_visible(timeout=30_000)
    (tmp_path / "text.png").write_text("This is text.")
    for file in (
        uploads / "empty.png",
        tmp_path / "text.png",
        uploads / "drawing.svg",
        uploads / "bomb_50000x50000.png",
    ):
        upload(page, file)
        alert = page.get_by_role("alert").filter(has_text=file.name)
        expect(alert).to_be_visible()
        click(page, "Clear")
        expect(alert).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 360)])
def test_digits_are_learned_in_each_theme_and_on_a_phone(
    browse: Any, digits_page: Server, some_digits: Path, theme: str, width: int
) -> None:
    page = opened(browse, f"{digits_page.address}&theme={theme}", width=width)
    expect(page.locator("body")).to_have_class(re.compile(f"theme-{theme}"))
    assert violations(page) == []
    choose_digits(page)
    click(page, "Step")
    expect(page.get_by_role("heading", name="Step 1 close up")).to_be_visible(timeout=60_000)
    click(page, "Resume")
    page.get_by_text("Answers come from the model trained on").wait_for(timeout=60_000)
    upload(page, some_digits / "a 3.png")
    expect(verdict(page, r"^a 3\.png: ")).to_be_visible()
    assert violations(page) == []
    assert overflow(page) <= 0
    picture(page, f"workbench-labelled-{theme}{'' if width > 400 else '-phone'}", whole=True)


@pytest.mark.slow
def test_a_page_loaded_anew_takes_its_own_run_over_and_another_browser_sees_nothing(
    browse: Any, digits_page: Server
) -> None:
    page = opened(browse, digits_page.address)
    choose_digits(page)
    set_epochs(page, 50)
    page.get_by_label("Speed").select_option(label="10 steps a second")
    click(page, "Start")
    wait_for_points(page, 12)
    before = steps(page)
    page.reload()
    expect(line(page, "^(Taking over|Training|Checking)")).to_be_visible(timeout=60_000)
    wait_for_points(page, before + 5)
    expect(page.get_by_text("180 photos of 3 classes in digits").first).to_be_visible()
    (folder,) = (Path(os.environ["COURSEKIT_HOME"]) / "runs").iterdir()
    stranger = opened(browse, digits_page.address)
    stranger.wait_for_timeout(3_000)
    expect(line(stranger, "^There are no photos to train on yet")).to_be_visible()
    click(page, "Stop")
    expect(line(page, "^Stopped in")).to_be_visible()
    assert "stopped" in (folder / "status.json").read_text()


@pytest.mark.slow
def test_rates_code_history_and_model_can_be_had(browse: Any, digits_page: Server) -> None:
    page = opened(browse, digits_page.address)
    choose_digits(page)
    page.get_by_role("radio", name="Find a learning rate").check()
    click(page, "Find a rate")
    expect(page.get_by_text("Suggested: valley")).to_be_visible(timeout=90_000)
    curve = page.get_by_role("img", name=re.compile("^Suggested"))
    curve.click(position={"x": 400, "y": 100})
    expect(page.get_by_role("textbox", name="Learning rate")).not_to_have_value("")
    click(page, "Start")
    expect(line(page, "^Finished")).to_be_visible(timeout=90_000)
    page.get_by_role("radio", name="Show code").check()
    expect(page.locator(".ck-code")).to_contain_text("learn.fine_tune(1, base_lr=")
    page.get_by_role("radio", name="Keep: model").check()
    for name, ending in (("Download the model", ".ckit"), ("History as CSV", ".csv")):
        with page.expect_download() as download:
            click(page, name)
        assert download.value.suggested_filename.endswith(ending)
    assert violations(page) == []


def test_before_training_a_general_model_answers(
    browse: Any, workbench: Server, pets: Path
) -> None:
    page = opened(browse, f"{workbench.address}&theme=dark")
    expect(page.get_by_text("Until a model is trained above")).to_be_visible()
    upload(page, pets / "Abyssinian_1.jpg")
    expect(verdict(page, r"^Abyssinian_1\.jpg: ")).to_be_visible(timeout=90_000)


def test_without_the_token_there_is_no_page(workbench: Server) -> None:
    base = workbench.address.partition("?")[0]
    with urllib.request.urlopen(base) as answer:
        assert "/login" in answer.url
    assert status(f"{base}voila/files/workbench.ipynb") == 403
    assert status(f"{base}voila/files/workbench.ipynb?token={workbench.token}") == 403
    assert status(workbench.address, Host="elsewhere.example") == 403


def status(address: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
