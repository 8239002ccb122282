"""The uploader alone, in a page of its own: what is chosen, dropped or pasted arrives in Python."""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from coursekit.app.serve import HERE, Server
from coursekit.predict import decode

CODE = """
import hashlib, json, os, time
from pathlib import Path
from ipywidgets import Text, VBox
from coursekit.panels.frame import panel, style
from coursekit.panels.uploader import Uploader

root = Path(os.environ["COURSEKIT_ROOT"])

def note(kind, *values):
    with (root / "heard.jsonl").open("a") as file:
        file.write(json.dumps([kind, *values]) + "\\n")

def receive(name, data):
    time.sleep(SLEEP)
    (root / "last").write_bytes(data)
    note("file", name, len(data), hashlib.sha256(data).hexdigest())

uploader = Uploader("Choose pictures", 20_000_000, receive,
    refuse=lambda name, size: note("refused", name, size),
    finish=lambda count: note("finished", count), folders=FOLDERS)
VBox([style(), panel("Upload", "Some files.", uploader, Text(description="Note"))])
"""


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def page(browse: Any, heard: Path, tmp_path: Path, request: Any) -> Iterator[Page]:
    """A page with an uploader; the parameter: seconds that each file takes the receiver."""
    heard.mkdir()
    notebook = nbformat.read(HERE / "pages" / "classify.ipynb", as_version=4)
    sleep = getattr(request, "param", 0)
    notebook.cells[0].source = CODE.replace("SLEEP", str(sleep)).replace("FOLDERS", "True")
    nbformat.write(notebook, tmp_path / "page.ipynb")
    with Server(heard, page=tmp_path / "page.ipynb") as server:
        opened = browse(server.address)
        opened.get_by_role("heading", name="Upload").wait_for(timeout=60_000)
        opened.locator(".ck-uploader").wait_for()
        yield opened


def lines(heard: Path, end: int = 1) -> list[Any]:
    """What Python heard until the `end`th batch was finished."""
    file = heard / "heard.jsonl"
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = (
            [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        )
        if sum(line[0] == "finished" for line in found) >= end:
            return found
        time.sleep(0.05)
    raise AssertionError(f"Only {found} were heard.")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def give(page: Page, event: str, files: dict[str, bytes], where: str = ".ck-uploader") -> None:
    """Drops or pastes files."""
    page.evaluate(
        """([event, files, where]) => {
          const carried = new DataTransfer();
          for (const [name, type, data] of files) {
            const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
            carried.items.add(new File([bytes], name, { type }));
          }
          const traits = { bubbles: true, cancelable: true };
          const target = document.querySelector(where);
          target.dispatchEvent(event === "paste"
            ? new ClipboardEvent(event, { ...traits, clipboardData: carried })
            : new DragEvent(event, { ...traits, dataTransfer: carried }));
        }""",
        [
            event,
            [
                [name, "image/png" if name.endswith("png") else "", b64encode(data).decode()]
                for name, data in files.items()
            ],
            where,
        ],
    )


def test_what_is_chosen_dropped_or_pasted_arrives_unchanged(
    page: Page, heard: Path, uploads: Path
) -> None:
    names = ["hopper.jpg", "rgba.png", "empty.png", "drawing.svg", "hopper.tif"]
    page.get_by_label("Choose pictures").set_input_files([uploads / name for name in names])
    sent = [(uploads / name).read_bytes() for name in names]
    expected = [["file", n, len(d), digest(d)] for n, d in zip(names, sent, strict=True)]
    assert lines(heard) == [*expected, ["finished", 5]]
    give(page, "drop", {"<b>a.png": sent[1]})
    assert lines(heard, 2)[6:] == [["file", "<b>a.png", *expected[1][2:]], ["finished", 1]]
    give(page, "paste", {"image.png": sent[1]}, "body")
    assert lines(heard, 3)[8:] == [["file", "Pasted picture", *expected[1][2:]], ["finished", 1]]


def test_what_is_pasted_into_a_text_is_not_taken(page: Page, heard: Path, uploads: Path) -> None:
    data = (uploads / "hopper.jpg").read_bytes()
    page.get_by_label("Note").focus()
    give(page, "paste", {"text.jpg": data}, "input[type=text]")
    page.get_by_label("Choose pictures").focus()
    give(page, "paste", {"picture.jpg": data}, ".ck-uploader input")
    assert [line[1] for line in lines(heard)] == ["picture.jpg", 1]


def test_the_same_file_twice_in_a_row_arrives_twice(page: Page, heard: Path, uploads: Path) -> None:
    for turn in (1, 2):
        with page.expect_file_chooser() as chooser:
            page.get_by_label("Choose pictures").focus()
            page.keyboard.press("Enter")
        chooser.value.set_files(uploads / "hopper.jpg")
        assert [line[0] for line in lines(heard, turn)] == ["file", "finished"] * turn


def test_a_folder_arrives_with_its_folders_names(page: Page, heard: Path, tmp_path: Path) -> None:
    for name in ("cats/a.jpg", "cats/b.jpg", "dogs/c.jpg"):
        (tmp_path / "pets" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pets" / name).write_bytes(name.encode())
    page.get_by_label("Choose a folder").set_input_files(tmp_path / "pets")
    names = {line[1] for line in lines(heard)[:-1]}
    assert names == {"pets/cats/a.jpg", "pets/cats/b.jpg", "pets/dogs/c.jpg"}


def noise(file: Path, side: int, **how: Any) -> bytes:
    Image.frombytes("RGB", (side, side), random.Random(1).randbytes(3 * side * side)).save(
        file, **how
    )
    return file.read_bytes()


def test_a_large_picture_is_made_smaller_and_upright_and_other_large_files_are_not(
    page: Page, heard: Path, tmp_path: Path
) -> None:
    image = Image.new("RGB", (4000, 3000), "white")
    image.paste("red", (0, 0, 2000, 3000))  # once turned, the upper half
    image.putpixel((5, 5), (0, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "large.jpg", exif=exif, quality=100, subsampling=0, comment=bytes(60_000))
    with (tmp_path / "large.jpg").open("ab") as file:
        file.write(bytes(600_000))
    page.get_by_label("Choose pictures").set_input_files(tmp_path / "large.jpg")
    assert lines(heard)[0][2] < 300_000
    arrived = decode((heard / "last").read_bytes(), "arrived")
    assert arrived.size == (1536, 2048)
    assert arrived.getpixel((700, 500))[1] < 30
    assert arrived.getpixel((700, 1500))[1] > 225
    data = noise(tmp_path / "noise.png", 1900)
    assert len(data) > 10_000_000
    page.get_by_label("Choose pictures").set_input_files(tmp_path / "noise.png")
    assert lines(heard, 2)[2] == ["file", "noise.png", len(data), digest(data)]


def test_what_is_too_large_is_refused_and_the_next_is_taken(
    page: Page, heard: Path, tmp_path: Path, uploads: Path
) -> None:
    (tmp_path / "film.mov").write_bytes(bytes(20_000_001))
    page.get_by_label("Choose pictures").set_input_files(
        [tmp_path / "film.mov", uploads / "hopper.jpg"]
    )
    found = lines(heard)
    assert found[0] == ["refused", "film.mov", 20_000_001]
    assert found[1][:2] == ["file", "hopper.jpg"]


@pytest.mark.parametrize("page", [1.0], indirect=True)
def test_a_second_choice_waits_and_cancel_ends_both(page: Page, heard: Path, uploads: Path) -> None:
    choose = page.get_by_label("Choose pictures")
    choose.set_input_files([uploads / "hopper.jpg"] * 2)
    expect(page.get_by_text("Sending 1 of 2: hopper.jpg")).to_be_visible()
    choose.set_input_files([uploads / "rgba.png"] * 30)
    expect(page.get_by_text(re.compile(r"^Sending \d+ of 30: "))).to_be_visible()
    expect(page.get_by_role("progressbar", name="Sent so far")).to_be_visible()
    later = re.compile(r"^Sending ([3-9]|\d\d) of 30: rgba\.png")
    expect(page.get_by_text(later)).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    choose.set_input_files(uploads / "hopper.gif")
    names = [line[1] for line in lines(heard, 3) if line[0] == "file"]
    assert names[:3] == ["hopper.jpg", "hopper.jpg", "rgba.png"]
    assert names[-1] == "hopper.gif"
    assert len(names) < 30


def test_a_place_that_is_dropped_on_says_so_and_a_near_miss_leaves_the_page(page: Page) -> None:
    give(page, "dragover", {"a.png": b"x"})
    expect(page.get_by_text("Let go, and it is taken")).to_be_visible()
    give(page, "dragleave", {"a.png": b"x"})
    expect(page.get_by_text("or drop files or folders here, or paste a picture")).to_be_visible()
    held = page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["x"], "a.png"));
          const traits = { bubbles: true, cancelable: true, dataTransfer: carried };
          return !document.body.dispatchEvent(new DragEvent("drop", traits));
        }"""
    )
    assert held
