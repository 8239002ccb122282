"""Whatever pictures people bring: each is judged or refused, soon, and nothing of it piles up."""

from __future__ import annotations

import io
import random
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image
from playwright.sync_api import expect
from support_classifier import choose, opened, preview, shown, verdict
from support_pages import kernels_of

from coursekit.app.serve import Server

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
        expect(alert).to_be_visible()
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
    expect(verdict(page, name)).to_be_visible()
    assert shown(page, name) == preview(uploads / name)


def test_a_heic_photo_is_judged(browse: Any, classify: Server, pets: Path, tmp_path: Path) -> None:
    import pillow_heif

    photo = tmp_path / "IMG_1.HEIC"
    pillow_heif.from_pillow(Image.open(pets / "Bengal_16.jpg")).save(photo, quality=90)
    page = opened(browse, classify.address)
    choose(page, photo)
    expect(verdict(page, "IMG_1.HEIC")).to_be_visible()
    assert shown(page, "IMG_1.HEIC") == preview(photo)


def test_what_is_hardly_a_photo_is_said_to_be_so(
    browse: Any, classify: Server, uploads: Path
) -> None:
    page = opened(browse, classify.address)
    choose(page, uploads / "wide_10000x3.png")
    expect(verdict(page, "wide_10000x3.png")).to_contain_text("This is hardly a photo")


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
    expect(verdict(page, "flower.jpg")).to_be_visible()
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
    picture = Image.open(io.BytesIO(shown(page, "large.jpg")))
    assert picture.width < picture.height  # upright


def worked(kernel: psutil.Process) -> float:
    return float(kernel.cpu_times().user)


@pytest.mark.slow
def test_fifty_uploads_do_not_make_python_grow(
    browse: Any, classify_alone: Server, pets: Path
) -> None:
    page = opened(browse, classify_alone.address)
    used = []
    files = sorted(pets.glob("*.jpg"))[:50]
    for number, file in enumerate(files):
        choose(page, file)
        expect(verdict(page, file.name)).to_be_visible()
        if number in (9, 29, 49):
            kernel = max(kernels_of(classify_alone), key=worked)
            used.append(kernel.memory_info().rss)
    print("kernel's memory after 10, 30, 50 uploads, MB:", [round(it / 1e6, 1) for it in used])
    assert used[-1] < 200_000_000
    assert used[-1] - used[0] < 15_000_000
    libraries = " ".join(it.path for it in kernel.memory_maps())
    assert "libtorch" not in libraries
    assert "onnxruntime" in libraries
