"""The whole page on real photos: choose, train, stop, train, label."""

from __future__ import annotations

import os
import re
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from coursekit.app.serve import Server
from coursekit.data.catalogue import URLs
from coursekit.data.download import untar_data

LAST_STEP = "3. Try a picture"
POINTS = (
    "(document.querySelector('.bqplot .curve .line')?.getAttribute('d') ?? '').split('L').length"
)


def opened(browse: Any, address: str, **size: int) -> Page:
    page: Page = browse(address, **size)
    page.get_by_role("heading", name=LAST_STEP).wait_for(timeout=60_000)
    return page


def choose(page: Page, *folders: str) -> None:
    """Goes down from folder to folder in the chooser, and takes the last."""
    page.get_by_role("button", name="Choose folder").click()
    for folder in folders:
        page.get_by_label("Folders in it").select_option(folder)
        above = page.get_by_label("Folder", exact=True).locator("option:checked")
        expect(above).to_have_text(re.compile(f"{folder}$"))
    page.get_by_role("button", name="Choose folder").click()


def choose_pets(page: Page) -> None:
    """Goes to pets/images in the chooser, and says that names are labels."""
    choose(page, "pets", "images")
    page.get_by_text("would have one label").wait_for()
    page.get_by_label("A photo's label is").select_option(index=1)
    page.get_by_text("450 photos of 3 classes in images").wait_for()


def upload(page: Page, picture: Path) -> None:
    page.get_by_label("Picture").set_input_files(picture)


def train(page: Page, epochs: int) -> None:
    """Sets the epochs and clicks Start."""
    page.get_by_label("Epochs").fill(str(epochs))
    page.get_by_label("Epochs").press("Tab")
    start = page.get_by_role("button", name="Start")
    start.click()
    expect(start).to_be_disabled()


def verdict(page: Page, words: str) -> Locator:
    return page.get_by_role("status").filter(has_text=re.compile(words))


@pytest.mark.slow
def test_photos_in_a_trained_classifier_out_two_pictures_labelled(
    browse: Any, workbench: Server, pets: Path, elsewhere: list[str]
) -> None:
    page = opened(browse, workbench.address)
    assert page.title() == "coursekit workbench"
    expect(page.get_by_role("button", name="Start")).to_be_disabled()
    expect(page.get_by_text("Step 1 has no photos to train on yet")).to_be_visible()
    choose_pets(page)
    expect(page.get_by_role("img", name="Bengal, a sample")).to_be_visible()
    see_points_arrive_and_stop(page)
    train(page, epochs=1)
    page.get_by_text(re.compile("^Finished after 20 passes")).wait_for(timeout=60_000)
    expect(page.get_by_role("button", name="Start")).to_be_enabled(timeout=20_000)
    expect(page.get_by_text("Answers come from the model trained on")).to_be_visible()
    upload(page, pets / "Bengal_16.jpg")
    expect(verdict(page, r"^Bengal_16\.jpg: Bengal \(")).to_be_visible()
    expect(page.get_by_role("img", name="Bengal_16.jpg")).to_be_visible()
    try_another_picture_twice(page, pets)
    assert elsewhere == []
    for words in ("Traceback", "Loading widget", "Error displaying"):
        expect(page.get_by_text(words)).to_have_count(0)


def see_points_arrive_and_stop(page: Page) -> None:
    train(page, epochs=100)
    page.get_by_text(re.compile(r"Preparing \d+ of 450 photos")).wait_for(timeout=60_000)
    page.wait_for_function(f"{POINTS} > 1", timeout=120_000)
    page.wait_for_function(f"n => {POINTS} > n", arg=page.evaluate(POINTS))
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile("^Stopped in pass"))).to_be_visible(timeout=2_000)
    expect(page.get_by_role("button", name="Start")).to_be_enabled(timeout=20_000)


def try_another_picture_twice(page: Page, pets: Path) -> None:
    for _ in range(2):
        upload(page, pets / "american_bulldog_100.jpg")
        said = verdict(page, r"^american_bulldog_100\.jpg: american_bulldog \(")
        expect(said).to_be_visible()
        expect(page.get_by_role("img", name="Bengal_16.jpg")).to_have_count(0)
        page.get_by_role("button", name="Clear").click()
        expect(said).to_have_count(0)


@pytest.fixture
def some_digits(tmp_path: Path) -> Path:
    """Sixty handwritten digits of each of three kinds in class folders, and a 3 beside them."""
    digits = untar_data(URLs.DIGITS, progress=False) / "train"
    for kind in "378":
        first, *others = sorted((digits / kind).iterdir())[:61]
        (tmp_path / "digits" / kind).mkdir(parents=True)
        for file in others:
            shutil.copy(file, tmp_path / "digits" / kind)
        shutil.copy(first, tmp_path / f"a {kind}.png")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 360)])
def test_digits_are_learned_in_each_theme_and_on_a_phone(
    browse: Any, some_digits: Path, theme: str, width: int
) -> None:
    with Server(some_digits) as server:
        page = opened(browse, f"{server.address}&theme={theme}", width=width)
        expect(page.locator("body")).to_have_class(re.compile(f"theme-{theme}"))
        choose(page, "digits")
        page.get_by_text("180 photos of 3 classes in digits").wait_for()
        train(page, epochs=1)
        page.get_by_text("Answers come from the model trained on").wait_for(timeout=60_000)
        upload(page, some_digits / "a 3.png")
        expect(verdict(page, r"^a 3\.png: ")).to_be_visible()
        expect(page.get_by_role("row").first).to_contain_text("3")
        picture(page, f"workbench-labelled-{theme}{'' if width > 400 else '-phone'}")


def picture(page: Page, name: str) -> None:
    """Writes the whole page as NAME.png where `make screenshots` asked for it."""
    if folder := os.environ.get("COURSEKIT_SCREENSHOTS"):
        size = {"width": page.viewport_size["width"]}
        height = page.evaluate("document.getElementById('rendered_cells').scrollHeight")
        page.set_viewport_size({**size, "height": height})
        file = Path(folder) / f"{name}.png"
        page.screenshot(path=file)
        Image.open(file).quantize(64, dither=Image.Dither.NONE).save(file, optimize=True)


def test_before_training_a_general_model_answers(
    browse: Any, workbench: Server, pets: Path
) -> None:
    page = opened(browse, f"{workbench.address}&theme=dark")
    expect(page.locator("body")).to_have_class(re.compile("theme-dark"))
    expect(page.get_by_text("Until a model is trained above")).to_be_visible()
    upload(page, pets / "Abyssinian_1.jpg")
    expect(page.get_by_text(re.compile(r"^Looking at Abyssinian_1\.jpg"))).to_be_visible(
        timeout=1_000
    )
    expect(verdict(page, r"^Abyssinian_1\.jpg: ")).to_be_visible(timeout=60_000)
    assert page.get_by_role("row").count() == 5
    page.get_by_role("button", name="Take the handwritten digits").click()
    page.get_by_text("5,000 photos of 10 classes in digits").wait_for()


def test_a_file_that_is_no_picture_is_a_sentence_and_the_page_goes_on(
    browse: Any, workbench: Server, uploads: Path
) -> None:
    page = opened(browse, workbench.address)
    upload(page, uploads / "text_renamed.jpg")
    alert = page.get_by_role("alert").filter(has_text="text_renamed.jpg is not a picture")
    expect(alert).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(alert).to_have_count(0)


def test_a_large_picture_arrives_and_a_larger_file_is_refused_in_words(
    browse: Any, workbench: Server, tmp_path: Path
) -> None:
    page = opened(browse, workbench.address)
    (tmp_path / "large.jpg").write_bytes(b"\xff\xd8\xff" + bytes(40_000_000))
    upload(page, tmp_path / "large.jpg")
    expect(page.get_by_text("large.jpg is damaged or cut off")).to_be_visible(timeout=20_000)
    with (tmp_path / "larger.jpg").open("wb") as file:
        file.truncate(51_000_000)
    upload(page, tmp_path / "larger.jpg")
    words = "larger.jpg is 51 MB; this panel takes 50 MB at most."
    expect(page.get_by_text(words)).to_be_visible(timeout=2_000)


def test_a_folder_linked_from_outside_is_refused_in_words(browse: Any, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "inside" / "way out").symlink_to(tmp_path / "outside")
    with Server(tmp_path / "inside") as server:
        page = opened(browse, server.address)
        page.get_by_role("button", name="Choose folder").click()
        page.get_by_label("Folders in it").select_option("way out")
        expect(page.get_by_text("outside lies outside of the folder")).to_be_visible()


def test_a_kernel_that_dies_at_the_start_is_said_within_30_seconds(
    browse: Any, tmp_path: Path, dying_page: Path
) -> None:
    with Server(tmp_path, page=dying_page) as server:
        page = browse(server.address)
        page.get_by_text("Python has not started").wait_for(timeout=30_000)


def test_the_page_fits_every_width(browse: Any, workbench: Server) -> None:
    page = opened(browse, workbench.address, width=360, height=740)
    page.get_by_role("button", name="Choose folder").click()
    for width in (360, 768, 1600):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_has_a_name(browse: Any, workbench: Server) -> None:
    page = opened(browse, workbench.address)
    page.get_by_role("button", name="Choose folder").click()
    page.get_by_label("Folders in it").wait_for()
    page.get_by_label("A photo's label is").select_option(index=2)
    page.get_by_label("Expression").wait_for()
    nameless = page.evaluate(
        "() => [...document.querySelectorAll('button, input, select')]"
        ".filter(it => it.offsetParent)"
        ".filter(it => ![it.labels?.[0]?.textContent, it.title, it.textContent].join('').trim())"
        ".map(it => it.outerHTML)"
    )
    assert nameless == []


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
