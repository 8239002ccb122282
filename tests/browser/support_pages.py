"""What people do on the pages, by the names that they see."""

from __future__ import annotations

import os
import re
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from coursekit.app.serve import Server
from coursekit.panels.upload.model import jpeg
from coursekit.predict import decode

LAST_STEP = "3. Try a picture"
BROKEN = ("Traceback", "Loading widget", "Error displaying", "model not found")
BYTES_OF = """async (image) => {
  const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
  return btoa(Array.from(bytes, (it) => String.fromCharCode(it)).join(""));
}"""


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


def choose_digits(page: Page) -> None:
    choose(page, "digits")
    page.get_by_text("180 photos of 3 classes in digits").first.wait_for()


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


def closeup(page: Page) -> int:
    """The number of the step that is shown close up, once the curves have its point, too."""
    heading = page.get_by_role("heading", name=re.compile(r"^Step [\d,]+ close up"))
    heading.wait_for()
    number = int(re.sub(r"\D", "", heading.inner_text()))
    wait_for_points(page, number)
    return number


def line(page: Page, words: str) -> Locator:
    """The line that says where the training is."""
    return page.locator(".ck-said.ck-quiet").filter(has_text=re.compile(words))


def upload(page: Page, *pictures: Path) -> None:
    page.get_by_label("Choose pictures").set_input_files(list(pictures))


def verdict(page: Page, words: str) -> Locator:
    return page.get_by_role("status").filter(has_text=re.compile(words))


def kernels_of(server: Server) -> list[psutil.Process]:
    """The page's, and any that the server keeps ready for the next page."""
    found = []
    for it in psutil.Process(server.process.pid).children(recursive=True):
        with suppress(psutil.Error):  # it ended meanwhile
            if any("ipykernel" in part for part in it.cmdline()):
                found.append(it)
    return found


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong: the rule, its weight, and the first element."""
    found = Axe().run(page).response["violations"]
    return [f"{it['id']} ({it['impact']}): {it['nodes'][0]['html'][:200]}" for it in found]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    script = "(it) => it.scrollWidth - it.clientWidth"
    return int(page.locator("#rendered_cells").evaluate(script))


def train_with_a_break(page: Page) -> None:
    """Start, points, Pause, Step, Step, Resume, Stop, Resume."""
    click(page, "Start")
    expect(line(page, r"Preparing [\d,]+ of 450 photos")).to_be_visible(timeout=60_000)
    wait_for_points(page, 1)
    click(page, "Pause")
    expect(line(page, "^Paused in")).to_be_visible()
    click(page, "Step")
    number = closeup(page)
    expect(page.locator(".ck-closeup img").first).to_be_visible()
    assert steps(page) == number
    click(page, "Step")  # each is one step and no more
    expect(page.get_by_role("heading", name=f"Step {number + 1} close up")).to_be_visible()
    click(page, "Resume")
    expect(line(page, "^Training")).to_be_visible()
    click(page, "Stop")
    expect(line(page, "^Stopped in")).to_be_visible()
    stopped = steps(page)
    click(page, "Resume")
    wait_for_points(page, stopped + 1)


def try_pictures(page: Page, pets: Path) -> None:
    """A, B, B again, A: each time that picture and its label."""
    cat, dog = pets / "Bengal_16.jpg", pets / "american_bulldog_100.jpg"
    for photo in (cat, dog, dog, cat):
        label = photo.name.rpartition("_")[0]
        upload(page, photo)
        said = verdict(page, rf"^{re.escape(photo.name)}: {label} \(")
        expect(said).to_be_visible()
        shown = page.get_by_role("img", name=photo.name, exact=True)
        expect(shown).to_have_count(1)
        assert b64decode(shown.evaluate(BYTES_OF)) == jpeg(
            decode(photo.read_bytes(), photo.name, 480)
        )
        if photo is dog:
            click(page, "Clear")
            expect(said).to_have_count(0)


def panel(page: Page, heading: str) -> Locator:
    """The panel with this heading."""
    return page.locator(".ck-panel").filter(has=page.get_by_role("heading", name=heading))


def picture(page: Page, name: str, whole: bool = False, of: Locator | None = None) -> None:
    """Writes a picture as NAME.png where `make screenshots` asks for it.

    It shows the window, or the `whole` page, or a part `of` it.
    """
    folder = os.environ.get("COURSEKIT_SCREENSHOTS")
    if not folder:
        return
    before = page.viewport_size
    if whole or of:
        height = page.evaluate("document.getElementById('rendered_cells').scrollHeight")
        page.set_viewport_size({**before, "height": height + 20})
        page.wait_for_timeout(300)
    file = Path(folder) / f"{name}.png"
    of.screenshot(path=file) if of else page.screenshot(path=file)
    # a page without photos has no more colours than that, so it loses none
    Image.open(file).quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)
    page.set_viewport_size(before)
