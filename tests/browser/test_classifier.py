"""Trying pictures in a page of its own: every way to bring them, and all that its controls do."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from support_classifier import (
    COUNT_ANSWERS,
    choose,
    give,
    opened,
    preview,
    served,
    shown,
    verdict,
)
from support_pages import BYTES_OF, kernels_of, picture, violations

from coursekit.app.serve import Server


def test_each_picture_is_shown_with_its_own_label_also_after_twenty_rounds(
    browse: Any, classify: Server, pets: Path, elsewhere: list[str]
) -> None:
    page = opened(browse, classify.address)
    page.evaluate(COUNT_ANSWERS)
    a, b = pets / "Abyssinian_1.jpg", pets / "american_bulldog_100.jpg"
    labels: dict[str, set[str]] = {a.name: set(), b.name: set()}
    for turn, file in enumerate([a, b, b, a] * 5, 1):
        choose(page, file)
        page.wait_for_function(f"window.answers === {turn}")
        expect(verdict(page, file.name)).to_be_visible()
        assert shown(page, file.name) == preview(file)
        labels[file.name].add(page.locator(".ck-verdict").inner_text())
    assert [len(said) for said in labels.values()] == [1, 1]
    assert "bull" in labels[b.name].pop()
    assert page.locator(".ck-picture").count() == 2
    assert page.get_by_role("group", name="Earlier answers").get_by_role("button").count() == 12
    assert elsewhere == []
    for words in ("Traceback", "Loading widget", "Error displaying"):
        expect(page.get_by_text(words)).to_have_count(0)


def test_several_pictures_are_judged_one_after_the_other(
    browse: Any, classify: Server, pets: Path, uploads: Path
) -> None:
    page = opened(browse, classify.address)
    page.evaluate(
        """() => {
          window.said = new Set();
          const note = () => document.querySelectorAll("[role=status]")
            .forEach((it) => window.said.add(it.textContent));
          new MutationObserver(note).observe(document.body, { subtree: true, childList: true });
        }"""
    )
    files = [pets / f"Bengal_{number}.jpg" for number in (1, 16)]
    choose(page, files[0], uploads / "empty.png", files[1])
    expect(verdict(page, "Bengal_16.jpg")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="empty.png is empty")).to_be_visible()
    said = " ".join(page.evaluate("[...window.said]"))
    assert "Looking at 2 of 3: empty.png" in said
    assert "Looking at 3 of 3: Bengal_16.jpg" in said
    earlier = page.get_by_role("group", name="Earlier answers").get_by_role("button")
    expect(earlier).to_have_count(2)
    earlier.nth(1).click()
    expect(verdict(page, "Bengal_1.jpg")).to_be_visible()
    assert shown(page, "Bengal_1.jpg") == preview(files[0])
    expect(earlier.nth(1)).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("alert").filter(has_text="empty")).to_have_count(0)


def test_dropped_and_pasted_pictures_are_judged(
    browse: Any, classify: Server, uploads: Path
) -> None:
    page = opened(browse, classify.address)
    for event in ("drop", "paste", "drop"):
        file = uploads / ("hopper.jpg" if event == "drop" else "rgba.png")
        give(page, event, file.name, file.read_bytes())
        expect(verdict(page, file.name)).to_be_visible()
        assert shown(page, file.name) == preview(file)


def test_clear_empties_all_that_is_shown_and_undo_brings_it_back(
    browse: Any, classify: Server, uploads: Path, pets: Path
) -> None:
    page = opened(browse, classify.address)
    clear = page.get_by_role("button", name="Clear", exact=True)
    undo = page.get_by_role("button", name="Undo clear")
    earlier = page.get_by_role("group", name="Earlier answers")
    for file in (pets / "Bengal_16.jpg", pets / "Bengal_1.jpg"):
        choose(page, file)
        expect(verdict(page, file.name)).to_be_visible()
    before = page.locator(".ck-verdict").inner_text()
    expect(undo).to_have_count(0)
    clear.click()
    expect(page.locator(".ck-verdict .ck-said")).to_have_text("")
    expect(page.get_by_text("Bengal", exact=False)).to_have_count(0)
    expect(page.get_by_role("img", name=re.compile("Bengal"))).to_have_count(0)
    expect(page.get_by_role("table")).to_have_count(0)
    expect(earlier).to_have_count(0)
    assert page.get_by_label("Choose pictures").evaluate("it => it.value") == ""
    expect(page.get_by_role("status").filter(has_text="Undo works until")).to_be_visible()
    undo.click()
    expect(verdict(page, "Bengal_1.jpg")).to_have_text(before)
    assert shown(page, "Bengal_1.jpg") == preview(pets / "Bengal_1.jpg")
    expect(earlier.get_by_role("button")).to_have_count(2)
    expect(earlier.get_by_role("button").first).to_have_attribute("aria-current", "true")
    expect(undo).to_have_count(0)


def test_what_was_cleared_is_gone_with_the_next_picture_or_clear(
    browse: Any, classify: Server, uploads: Path, pets: Path
) -> None:
    page = opened(browse, classify.address)
    clear = page.get_by_role("button", name="Clear", exact=True)
    undo = page.get_by_role("button", name="Undo clear")
    expect(clear).to_be_disabled()
    choose(page, uploads / "text_renamed.jpg")
    alert = page.get_by_role("alert").filter(has_text="text_renamed.jpg")
    expect(alert).to_be_visible()
    clear.click()
    expect(alert).to_have_count(0)
    expect(clear).to_be_disabled()
    for file in (pets / "Bengal_16.jpg", pets / "Bengal_1.jpg"):
        choose(page, file)
        expect(verdict(page, file.name)).to_be_visible()
        expect(undo).to_have_count(0)
        clear.click()
        expect(undo).to_be_visible()
    clear.click()
    expect(undo).to_have_count(0)
    expect(clear).to_be_disabled()


def test_examples_are_a_click_each(browse: Any, classify: Server) -> None:
    page = opened(browse, classify.address)
    for name in ("temple.jpg", "flower.jpg", "hopper.jpg"):
        page.get_by_role("button", name=name).click()
        expect(verdict(page, name)).to_be_visible()
        expect(page.get_by_role("img", name=name, exact=True)).to_be_visible()
    expect(verdict(page, "hopper.jpg")).to_contain_text("military uniform")


def pixels(page: Page) -> np.ndarray[Any, Any]:
    """The heatmap's picture as it is seen."""
    image = Image.open(io.BytesIO(page.locator(".ck-picture").nth(1).screenshot()))
    return np.asarray(image.convert("RGB"), dtype=float)


def test_the_heatmap_is_as_strong_as_its_slider_says_without_asking_python(
    browse: Any, classify_alone: Server
) -> None:
    page = opened(browse, classify_alone.address)
    page.get_by_role("button", name="flower.jpg").click()
    slider = page.get_by_role("slider", name="Heatmap")
    expect(slider).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^The brighter a place"))).to_be_visible()
    expect(page.get_by_text("50 %", exact=True)).to_be_visible()
    seen = {}
    kernels = kernels_of(classify_alone)
    for kernel in kernels:
        kernel.suspend()  # whatever changes now, the browser does by itself
    try:
        for strength in ("0", "50", "100"):
            slider.fill(strength)
            expect(page.get_by_text(f"{strength} %", exact=True)).to_be_visible()
            seen[strength] = pixels(page)
    finally:
        for kernel in kernels:
            kernel.resume()
    none, half, full = seen.values()
    assert np.abs(full - none).mean() > 10
    np.testing.assert_allclose(half, (none + full) / 2, atol=3)
    page.get_by_role("button", name="temple.jpg").click()
    expect(verdict(page, "temple.jpg")).to_be_visible()
    expect(page.get_by_text("100 %", exact=True)).to_be_visible()


def test_a_keyboard_is_enough(browse: Any, classify: Server, uploads: Path) -> None:
    page = opened(browse, classify.address)
    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.closest('label, button')?.innerText"))
    assert [name for name in names if name][:4] == [
        "Choose pictures",
        "temple.jpg",
        "flower.jpg",
        "hopper.jpg",
    ]
    page.get_by_role("button", name="flower.jpg").focus()
    page.keyboard.press("Enter")
    expect(verdict(page, "flower.jpg")).to_be_visible()
    page.get_by_role("slider", name="Heatmap").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("51 %", exact=True)).to_be_visible()
    page.locator("summary").filter(has_text="How probable").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Lesson 1").locator("visible=true")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_label("Choose pictures").focus()
        page.keyboard.press("Enter")
    chooser.value.set_files(uploads / "hopper.jpg")
    expect(verdict(page, "hopper.jpg")).to_be_visible()
    page.get_by_role("button", name="Clear", exact=True).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("img", name="hopper.jpg", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Undo clear")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(verdict(page, "hopper.jpg")).to_be_visible()
    page.keyboard.press("Tab")  # from the row of both, now that Undo is gone
    expect(page.get_by_role("button", name="Clear", exact=True)).to_be_focused()


TWICE = """
from ipywidgets import Button, Output, VBox
from coursekit import ImageClassifier

classifier, again, below = ImageClassifier(), Button(description="Once more"), Output()

def show(_):
    with below:
        display(classifier.view)

again.on_click(show)
VBox([classifier.view, again, below])
"""


PLAIN = """
from coursekit import ImageClassifier

ImageClassifier(plain=True)
"""


def test_the_plain_button_takes_the_same_file_twice(
    browse: Any, models: Path, uploads: Path, tmp_path: Path
) -> None:
    with served(PLAIN, models, tmp_path) as server:
        page = opened(browse, server.address)
        page.evaluate(COUNT_ANSWERS)
        for turn, name in enumerate(["hopper.jpg", "hopper.jpg", "rgba.png", "hopper.jpg"], 1):
            with page.expect_file_chooser() as chooser:
                page.get_by_role("button", name="Choose pictures").click()
            chooser.value.set_files(uploads / name)
            page.wait_for_function(f"window.answers === {turn}")
            assert shown(page, name) == preview(uploads / name)
            expect(page.get_by_role("button", name="Choose pictures (0)")).to_be_visible()


def test_what_is_shown_once_more_shows_the_present_picture(
    browse: Any, models: Path, pets: Path, tmp_path: Path
) -> None:
    with served(TWICE, models, tmp_path) as server:
        page = opened(browse, server.address)
        choose(page, pets / "Bengal_16.jpg")
        expect(verdict(page, "Bengal_16.jpg")).to_be_visible()
        page.get_by_role("button", name="Once more").click()
        images = page.get_by_role("img", name="Bengal_16.jpg", exact=True)
        expect(images).to_have_count(2)
        for at in (0, 1):
            assert b64decode(images.nth(at).evaluate(BYTES_OF)) == preview(pets / "Bengal_16.jpg")
        expect(page.get_by_role("button", name="flower.jpg")).to_have_count(2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong(
    browse: Any, classify: Server, uploads: Path, pets: Path, theme: str
) -> None:
    page = opened(browse, f"{classify.address}&theme={theme}")
    assert violations(page) == []
    choose(page, pets / "Bengal_16.jpg")
    expect(verdict(page, "Bengal_16.jpg")).to_be_visible()
    picture(page, f"classifier-answer-{theme}", whole=True)
    page.locator("summary").filter(has_text="How probable").click()
    assert violations(page) == []
    choose(page, uploads / "text_renamed.jpg")
    page.get_by_role("alert").filter(has_text="text_renamed.jpg").wait_for()
    assert violations(page) == []


def test_a_phone_needs_no_scrolling_sideways(browse: Any, classify: Server, pets: Path) -> None:
    page = opened(browse, classify.address, width=360, height=740)
    choose(page, pets / "Bengal_16.jpg")
    expect(verdict(page, "Bengal_16.jpg")).to_be_visible()
    for width in (360, 768, 1600):
        page.set_viewport_size({"width": width, "height": 740})
        if width == 360:
            picture(page, "classifier-answer-light-phone", whole=True)
        wide = "[document.documentElement, document.querySelector('#rendered_cells')]"
        assert page.evaluate(f"Math.max(...{wide}.map(it => it.scrollWidth))") <= width
