"""Trying pictures in a page of its own: every way to bring them, and whatever people bring."""

from __future__ import annotations

import io
import random
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from support_pages import BYTES_OF, picture, violations

from coursekit.app.serve import HERE, Server
from coursekit.panels.upload.model import jpeg
from coursekit.predict import decode

PAGE = HERE / "pages" / "classify.ipynb"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder that all tests here share, so that the general model is made once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def classify(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("COURSEKIT_HOME", str(models))
    with Server(tmp_path, page=PAGE) as server:
        yield server


def opened(browse: Any, address: str, **size: int) -> Page:
    """The page, once its model is loaded."""
    page: Page = browse(address, **size)
    page.get_by_role("button", name="flower.jpg").wait_for(timeout=90_000)
    return page


def choose(page: Page, *files: Path) -> None:
    page.get_by_label("Choose pictures").set_input_files(list(files))


def verdict(page: Page, name: str) -> Locator:
    said = re.compile(rf"^{re.escape(name)}: ")
    return page.locator(".ck-verdict").get_by_role("status").filter(has_text=said)


def shown(page: Page, name: str) -> bytes:
    """The bytes of the picture that is shown under that name."""
    return b64decode(page.get_by_role("img", name=name, exact=True).evaluate(BYTES_OF))


def preview(file: Path) -> bytes:
    """What is to be shown of a small file."""
    return jpeg(decode(file.read_bytes(), file.name, 480))


def give(page: Page, event: str, name: str, data: bytes) -> None:
    """Drops or pastes a file."""
    page.evaluate(
        """([event, name, data]) => {
          const carried = new DataTransfer();
          const bytes = Uint8Array.from(atob(data), (it) => it.charCodeAt(0));
          carried.items.add(new File([bytes], name));
          const traits = { bubbles: true, cancelable: true };
          const drop = new DragEvent("drop", { ...traits, dataTransfer: carried });
          const paste = new ClipboardEvent("paste", { ...traits, clipboardData: carried });
          if (event === "drop") document.querySelector(".ck-uploader").dispatchEvent(drop);
          else document.body.dispatchEvent(paste);
        }""",
        [event, name, b64encode(data).decode()],
    )


def kernels_of(server: Server) -> list[psutil.Process]:
    """The page's, and any that the server keeps ready for the next page."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    return [it for it in children if any("ipykernel" in part for part in it.cmdline())]


def worked(kernel: psutil.Process) -> float:
    return float(kernel.cpu_times().user)


COUNT_ANSWERS = """() => {
  const line = document.querySelector(".ck-verdict .ck-said");
  let last = "";
  window.answers = 0;
  new MutationObserver(() => {
    if (line.textContent && line.textContent !== last) window.answers += 1;
    last = line.textContent;
  }).observe(line, { childList: true });
}"""


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
    expect(verdict(page, "Bengal_16.jpg")).to_be_visible(timeout=20_000)
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
        expect(verdict(page, file.name)).to_be_visible(timeout=20_000)
        assert shown(page, file.name) == preview(file)


REFUSED = {
    "empty.png": "is empty",
    "text_renamed.jpg": "is not a picture that can be read",
    "bomb_50000x50000.png": "is 50,000 x 50,000 pixels, more than can be opened safely",
    "decompression_bomb.gif": "has more pixels than can be opened safely",
    "truncated_image.png": "is damaged or cut off",
}


def test_what_is_no_picture_is_one_sentence_and_the_panel_goes_on(
    browse: Any, classify: Server, uploads: Path, tmp_path: Path
) -> None:
    page = opened(browse, classify.address)
    drawing = tmp_path / "photo.png"
    drawing.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><script>window.hacked = 1</script>'
        '<image href="http://elsewhere.example/x.png" onload="window.hacked = 1"/></svg>'
    )
    cases = {uploads / name: said for name, said in REFUSED.items()}
    for file, said in {**cases, drawing: "is an SVG drawing"}.items():
        choose(page, file)
        alert = page.get_by_role("alert").filter(has_text=f"{file.name} {said}")
        expect(alert).to_be_visible(timeout=20_000)
        assert alert.inner_text().count(". ") == 0
        expect(page.get_by_role("img", name=file.name)).to_have_count(0)
    choose(page, uploads / "hopper.jpg")
    expect(verdict(page, "hopper.jpg")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="is")).to_have_count(0)
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    "name",
    ["phone_orientation6.jpg", "pil_sample_cmyk.jpg", "gray16.png", "palette.png", "hopper.tif"],
)
def test_odd_pictures_are_shown_upright(
    browse: Any, classify: Server, uploads: Path, name: str
) -> None:
    page = opened(browse, classify.address)
    choose(page, uploads / name)
    expect(verdict(page, name)).to_be_visible(timeout=20_000)
    assert shown(page, name) == preview(uploads / name)


def test_a_heic_photo_is_judged(browse: Any, classify: Server, pets: Path, tmp_path: Path) -> None:
    import pillow_heif

    photo = tmp_path / "IMG_1.HEIC"
    pillow_heif.from_pillow(Image.open(pets / "Bengal_16.jpg")).save(photo, quality=90)
    page = opened(browse, classify.address)
    choose(page, photo)
    expect(verdict(page, "IMG_1.HEIC")).to_be_visible(timeout=20_000)
    assert shown(page, "IMG_1.HEIC") == preview(photo)


def test_what_is_hardly_a_photo_is_said_to_be_so(
    browse: Any, classify: Server, uploads: Path
) -> None:
    page = opened(browse, classify.address)
    choose(page, uploads / "wide_10000x3.png")
    expect(verdict(page, "wide_10000x3.png")).to_contain_text("This is hardly a photo")


def test_clear_empties_all_that_is_shown(
    browse: Any, classify: Server, uploads: Path, pets: Path
) -> None:
    page = opened(browse, classify.address)
    clear = page.get_by_role("button", name="Clear")
    expect(clear).to_be_disabled()
    choose(page, pets / "Bengal_16.jpg")
    expect(verdict(page, "Bengal_16.jpg")).to_be_visible(timeout=20_000)
    clear.click()
    expect(page.locator(".ck-verdict .ck-said")).to_have_text("")
    expect(page.get_by_text("Bengal_16.jpg")).to_have_count(0)
    expect(page.get_by_role("img", name="Bengal_16.jpg")).to_have_count(0)
    expect(page.get_by_role("table")).to_have_count(0)
    assert page.get_by_label("Choose pictures").evaluate("it => it.value") == ""
    expect(clear).to_be_disabled()
    choose(page, uploads / "text_renamed.jpg")
    alert = page.get_by_role("alert").filter(has_text="text_renamed.jpg")
    expect(alert).to_be_visible()
    clear.click()
    expect(alert).to_have_count(0)


def test_examples_are_a_click_each(browse: Any, classify: Server) -> None:
    page = opened(browse, classify.address)
    for name in ("temple.jpg", "flower.jpg", "hopper.jpg"):
        page.get_by_role("button", name=name).click()
        expect(verdict(page, name)).to_be_visible(timeout=20_000)
        expect(page.get_by_role("img", name=name, exact=True)).to_be_visible()
    expect(verdict(page, "hopper.jpg")).to_contain_text("military uniform")


def pixels(page: Page) -> np.ndarray[Any, Any]:
    """The heatmap's picture as it is seen."""
    image = Image.open(io.BytesIO(page.locator(".ck-picture").nth(1).screenshot()))
    return np.asarray(image.convert("RGB"), dtype=float)


def test_the_heatmap_is_as_strong_as_its_slider_says_without_asking_python(
    browse: Any, classify: Server
) -> None:
    page = opened(browse, classify.address)
    page.get_by_role("button", name="flower.jpg").click()
    slider = page.get_by_role("slider", name="Heatmap")
    expect(slider).to_be_visible(timeout=20_000)
    expect(page.get_by_role("img", name=re.compile("^The brighter a place"))).to_be_visible()
    expect(page.get_by_text("50 %", exact=True)).to_be_visible()
    seen = {}
    kernels = kernels_of(classify)
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
    expect(verdict(page, "flower.jpg")).to_be_visible(timeout=20_000)
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
    page.get_by_role("button", name="Clear").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("img", name="hopper.jpg", exact=True)).to_have_count(0)


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


@contextmanager
def served(code: str, models: Path, folder: Path) -> Iterator[Server]:
    """A page with other code in it."""
    notebook = nbformat.read(PAGE, as_version=4)
    notebook.cells[0].source = code
    nbformat.write(notebook, folder / "page.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSEKIT_HOME", str(models))
        with Server(folder, page=folder / "page.ipynb") as server:
            yield server


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
        expect(verdict(page, "Bengal_16.jpg")).to_be_visible(timeout=20_000)
        page.get_by_role("button", name="Once more").click()
        images = page.get_by_role("img", name="Bengal_16.jpg", exact=True)
        expect(images).to_have_count(2)
        for at in (0, 1):
            assert b64decode(images.nth(at).evaluate(BYTES_OF)) == preview(pets / "Bengal_16.jpg")
        expect(page.get_by_role("button", name="flower.jpg")).to_have_count(2)


@pytest.mark.slow
def test_a_photo_of_11_mib_gets_a_label(browse: Any, classify: Server, tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(3 * 2000 * 2000)
    Image.frombytes("RGB", (2000, 2000), noise).save(tmp_path / "noise.png", compress_level=0)
    assert (tmp_path / "noise.png").stat().st_size > 11 * 2**20
    page = opened(browse, classify.address)
    choose(page, tmp_path / "noise.png")
    expect(verdict(page, "noise.png")).to_be_visible(timeout=30_000)


@pytest.mark.slow
def test_a_photo_of_40_megapixels_is_sent_small_and_judged_soon(
    browse: Any, classify: Server, pets: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "large.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(pets / "american_bulldog_100.jpg") as small:
        small.convert("RGB").resize((7680, 5208), Image.Resampling.BICUBIC).save(
            photo, quality=92, exif=exif
        )
    page = opened(browse, classify.address)
    page.get_by_role("button", name="flower.jpg").click()  # the model is loaded now
    expect(verdict(page, "flower.jpg")).to_be_visible(timeout=20_000)
    page.evaluate(
        """() => {
          window.sent = 0;
          const send = WebSocket.prototype.send;
          WebSocket.prototype.send = function (data) {
            window.sent += data.byteLength ?? data.size ?? data.length;
            return send.call(this, data);
          };
        }"""
    )
    data = b64encode(photo.read_bytes()).decode()
    page.evaluate(
        """async (data) => {
          const blob = await (await fetch(`data:image/jpeg;base64,${data}`)).blob();
          const carried = new DataTransfer();
          carried.items.add(new File([blob], "large.jpg", { type: "image/jpeg" }));
          window.drop = () => document.querySelector(".ck-uploader").dispatchEvent(
            new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: carried }));
        }""",
        data,
    )
    start = time.monotonic()
    page.evaluate("window.drop()")
    expect(verdict(page, "large.jpg")).to_be_visible(timeout=30_000)
    seconds = time.monotonic() - start
    sent = page.evaluate("window.sent")
    print(f"40 megapixels, {photo.stat().st_size:,} bytes: {seconds:.2f} s, {sent:,} bytes sent")
    assert 50_000 < sent < 1_000_000
    assert seconds < 8
    picture = Image.open(io.BytesIO(shown(page, "large.jpg")))
    assert picture.width < picture.height  # upright


@pytest.mark.slow
def test_fifty_uploads_do_not_make_python_grow(browse: Any, classify: Server, pets: Path) -> None:
    page = opened(browse, classify.address)
    used = []
    files = sorted(pets.glob("*.jpg"))[:50]
    for number, file in enumerate(files):
        choose(page, file)
        expect(verdict(page, file.name)).to_be_visible(timeout=20_000)
        if number in (9, 29, 49):
            kernel = max(kernels_of(classify), key=worked)
            used.append(kernel.memory_info().rss)
    print("kernel's memory after 10, 30, 50 uploads, MB:", [round(it / 1e6, 1) for it in used])
    assert used[-1] < 250_000_000
    assert used[-1] - used[0] < 15_000_000
    libraries = " ".join(it.path for it in kernel.memory_maps())
    assert "libtorch" not in libraries
    assert "onnxruntime" in libraries


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong(
    browse: Any, classify: Server, uploads: Path, pets: Path, theme: str
) -> None:
    page = opened(browse, f"{classify.address}&theme={theme}")
    assert violations(page) == []
    choose(page, pets / "Bengal_16.jpg")
    expect(verdict(page, "Bengal_16.jpg")).to_be_visible(timeout=20_000)
    picture(page, f"classifier-answer-{theme}", whole=True)
    page.locator("summary").filter(has_text="How probable").click()
    assert violations(page) == []
    choose(page, uploads / "text_renamed.jpg")
    page.get_by_role("alert").filter(has_text="text_renamed.jpg").wait_for()
    assert violations(page) == []


def test_a_phone_needs_no_scrolling_sideways(browse: Any, classify: Server, pets: Path) -> None:
    page = opened(browse, classify.address, width=360, height=740)
    choose(page, pets / "Bengal_16.jpg")
    expect(verdict(page, "Bengal_16.jpg")).to_be_visible(timeout=20_000)
    for width in (360, 768, 1600):
        page.set_viewport_size({"width": width, "height": 740})
        if width == 360:
            picture(page, "classifier-answer-light-phone", whole=True)
        wide = "[document.documentElement, document.querySelector('#rendered_cells')]"
        assert page.evaluate(f"Math.max(...{wide}.map(it => it.scrollWidth))") <= width
