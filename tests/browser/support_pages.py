"""What people do on the pages, by the names that they see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

LAST_STEP = "3. Try a picture"


def opened(browse: Any, address: str, heading: str = LAST_STEP, **size: int) -> Page:
    """The page, once its last panel is there."""
    page: Page = browse(address, **size)
    page.get_by_role("heading", name=heading).wait_for(timeout=60_000)
    return page


def choose(page: Page, *folders: str) -> None:
    """Goes down from folder to folder in the chooser, and takes the last."""
    page.get_by_role("button", name=re.compile("^Choose (a|another) folder")).click()
    for folder in folders:
        page.get_by_label("Folders in it").select_option(folder)
        above = page.get_by_label("Folder", exact=True).locator("option:checked")
        expect(above).to_have_text(re.compile(f"{re.escape(folder)}$"))
    page.get_by_role("button", name="Take this folder").click()


def choose_pets(page: Page) -> None:
    """Goes to pets/images in the chooser, and says that names are labels."""
    choose(page, "pets", "images")
    page.get_by_text("would have one label").wait_for()
    page.get_by_label("A photo's label is").select_option(index=1)
    page.get_by_text("450 photos of 3 classes in images").first.wait_for()


def button(page: Page, name: str) -> Locator:
    """A button of the monitor."""
    return page.get_by_role("button", name=re.compile(rf"^\W*{name}$"))


def click(page: Page, name: str) -> None:
    expect(button(page, name)).to_be_enabled(timeout=60_000)
    button(page, name).click()


def set_epochs(page: Page, epochs: int) -> None:
    page.get_by_label("Epochs").fill(str(epochs))
    page.get_by_label("Epochs").press("Tab")


POINTS = "[...document.querySelectorAll(\"path[data-line$='.train']\")].at(-1)?.dataset.points"


def steps(page: Page) -> int:
    """How many points the present run's training loss has."""
    return int(page.evaluate(POINTS) or 0)


def wait_for_points(page: Page, at_least: int) -> None:
    """Waits until the present run's training loss has so many points."""
    page.wait_for_function(f"n => {POINTS} >= n", arg=at_least, timeout=120_000)


def line(page: Page, words: str) -> Locator:
    """The line that says where the training is."""
    return page.locator(".ck-said.ck-quiet").filter(has_text=re.compile(words))


def upload(page: Page, *pictures: Path) -> None:
    page.get_by_label("Choose pictures").set_input_files(list(pictures))


def verdict(page: Page, words: str) -> Locator:
    return page.get_by_role("status").filter(has_text=re.compile(words))


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong: the rule, its weight, and the first element."""
    found = Axe().run(page).response["violations"]
    return [f"{it['id']} ({it['impact']}): {it['nodes'][0]['html'][:200]}" for it in found]
