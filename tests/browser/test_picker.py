"""The page that chooses data: folders, downloads, drops, warnings, a hundred thousand photos."""

from __future__ import annotations

import base64
import io
import re
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support_pages import choose, choose_pets, picture, violations
from support_server import ArchiveServer

from coursekit.app.serve import HERE, Server

DATA = HERE / "pages" / "data.ipynb"
FIRST = "Choose photos"
DROP = """([place, files]) => {
  const transfer = new DataTransfer();
  for (const [name, data] of files) {
    const bytes = Uint8Array.from(atob(data), (it) => it.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  place.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
}"""


def opened(browse: Any, server: Server, theme: str = "light", **size: int) -> Page:
    page: Page = browse(f"{server.address}&theme={theme}", **size)
    page.get_by_role("heading", name=FIRST).wait_for(timeout=60_000)
    return page


@pytest.fixture
def data_page(pets: Path) -> Iterator[Server]:
    """The page, allowed to read the sample data."""
    with Server(pets.parent.parent, page=DATA) as server:
        yield server


def alert(page: Page, words: str) -> Locator:
    return page.get_by_role("alert").filter(has_text=words)


def look_closer(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).check()


def nameless(page: Page) -> list[str]:
    return page.evaluate(
        "() => [...document.querySelectorAll('button, input, select')]"
        ".filter(it => it.offsetParent).filter(it => ![it.labels?.[0]?.textContent, it.title,"
        " it.ariaLabel, it.textContent].join('').trim()).map(it => it.outerHTML)"
    )


def test_pets_are_chosen_paged_through_and_the_copies_left_out(
    browse: Any, data_page: Server, elsewhere: list[str]
) -> None:
    page = opened(browse, data_page)
    assert page.title() == "coursekit: choose data"
    expect(page.get_by_text("No photos are chosen yet")).to_be_visible()
    page.get_by_role("button", name="Choose a folder").click()
    expect(page.get_by_text("This folder itself holds no photos and 7 folders.")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    choose_pets(page)
    expect(page.get_by_text("data/pets/images is taken.")).to_be_visible()
    photo = page.get_by_role("img", name="Abyssinian, Abyssinian_1.jpg, training")
    expect(photo).to_be_visible()
    page.wait_for_function("document.querySelector('.ck-tiles img').naturalWidth > 50")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Page 2 of 18, 430 photos.")).to_be_visible()
    expect(photo).to_have_count(0)
    page.get_by_label("Class", exact=True).select_option("Bengal (150)")
    page.get_by_label("Part").select_option("validation set")
    show_what_is_kept(page)
    page.get_by_role("button", name="Leave out the copies").click()
    expect(page.get_by_text("447 photos of 3 classes").first).to_be_visible()
    expect(page.get_by_text("Done: Leave out the copies.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("450 photos of 3 classes").first).to_be_visible()
    expect(page.get_by_role("button", name="Leave out the copies")).to_be_visible()
    assert elsewhere == []
    for words in ("Traceback", "Loading widget", "Error displaying"):
        expect(page.get_by_text(words)).to_have_count(0)


def show_what_is_kept(page: Page) -> None:
    """Photos for a game are said to be kept from the page, and shown where somebody wants that."""
    kept = page.get_by_text("20 validation photos are kept for the game")
    expect(kept).to_be_visible()
    expect(page.get_by_text(re.compile("^Page 1 of [12], 2. photos"))).to_be_visible()
    assert violations(page) == []
    picture(page, "picker-kept-light")
    page.get_by_role("button", name="Show them all the same").click()
    expect(page.get_by_text(re.compile("^Page 1 of 2, 3. photos"))).to_be_visible()
    expect(kept).to_have_count(0)


def test_counts_and_what_the_network_sees(browse: Any, data_page: Server) -> None:
    page = opened(browse, data_page)
    choose_pets(page)
    look_closer(page, "How many of each")
    expect(page.get_by_role("row", name=re.compile("^Bengal"))).to_contain_text("33.3 %")
    page.get_by_label("Share that judges the model").select_option("40 %")
    expect(page.get_by_text("270 photos train the model, 180 judge it.")).to_be_visible()
    look_closer(page, "What the network sees")
    given = page.get_by_role("list", name="What the network is given").get_by_role("img")
    expect(given).to_have_count(4)
    page.get_by_label("Size in pixels").fill("96")
    page.get_by_label("Size in pixels").press("Tab")
    page.wait_for_function("document.querySelector('.ck-tiles-exact img').naturalWidth === 96")
    page.get_by_label("Vary the photos in training").check()
    varied = page.get_by_role("list", name="Variations of one photo").get_by_role("img")
    expect(varied).to_have_count(8, timeout=60_000)


def test_a_download_is_searched_for_cancelled_and_finished(
    browse: Any, tmp_path: Path, served_pets: ArchiveServer, elsewhere: list[str]
) -> None:
    served_pets.faults.pause = 0.1
    with Server(tmp_path, page=DATA) as server:
        page = opened(browse, server)
        look_closer(page, "The catalogue")
        expect(page.get_by_text("34 data sets.")).to_be_visible()
        page.get_by_label("Search").fill("breeds cc by-sa")
        expect(page.get_by_text("2 data sets.")).to_be_visible()
        page.get_by_role("button", name="Download PETS", exact=True).click()
        expect(page.get_by_text(re.compile(r"downloading, .* of [45]\.\d MB"))).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Stopped. What has arrived is kept")).to_be_visible()
        expect(page.get_by_text(re.compile("B of it here"))).to_be_visible()
        served_pets.faults.pause = 0
        page.get_by_role("button", name="Download PETS", exact=True).click()
        expect(page.get_by_text("36 photos of 3 classes in images").first).to_be_visible()
        assert any(asked for _, asked, _ in served_pets.asked)
        page.get_by_label("Search").fill("no such thing")
        expect(page.get_by_text("No data set has all of these words")).to_be_visible()
        look_closer(page, "Recent folders")
        expect(page.get_by_label("Folder and rule")).to_contain_text("oxford-iiit-pet/images")
        page.get_by_role("button", name="Take the handwritten digits").click()
        page.get_by_text("5,000 photos of 10 classes in digits").first.wait_for()
        look_closer(page, "A folder")
        rule = page.get_by_label("A photo's label is").locator("option:checked")
        expect(rule).to_have_text("the folder it lies in")
        expect(page.get_by_text("digits is taken, which came from elsewhere.")).to_be_visible()
    assert elsewhere == []


def test_without_a_network_a_download_is_one_sentence(
    browse: Any, tmp_path: Path, home: Path
) -> None:
    (home / "catalogue.toml").write_text('[pets]\nurl = "http://127.0.0.1:9/pets.tgz"\n')
    with Server(tmp_path, page=DATA) as server:
        page = opened(browse, server)
        look_closer(page, "The catalogue")
        page.get_by_role("button", name="Download PETS", exact=True).click()
        expect(alert(page, "pets.tgz was not downloaded: 127.0.0.1 refused")).to_be_visible()


def photos_of(photo: Path, *names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.write(photo, name)
    return made.getvalue()


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    """Drops files on the place for them, as from a file manager."""
    place = page.get_by_text("Choose photos or a zip file").element_handle()
    encoded = [[name, base64.b64encode(data).decode()] for name, data in files]
    page.evaluate(DROP, [place, encoded])


def test_dropped_files_become_a_set_and_bad_ones_a_sentence(
    browse: Any, tmp_path: Path, uploads: Path, home: Path
) -> None:
    photo = uploads / "hopper.jpg"
    with Server(tmp_path, page=DATA) as server:
        page = opened(browse, server)
        look_closer(page, "Your own files")
        drop(page, ("a.jpg", photo.read_bytes()))
        expect(alert(page, "a.jpg lies in no folder, so its class is not known")).to_be_visible()
        page.get_by_label("Class of loose photos").fill("<b>cat</b>")
        page.get_by_label("Class of loose photos").press("Tab")
        drop(page, ("a.jpg", photo.read_bytes()), ("b.jpg", photo.read_bytes()))
        expect(page.get_by_text("2 photos of 1 class added to mine-photos")).to_be_visible()
        drop(page, ("pets.zip", photos_of(photo, "p/dog/1.jpg", "p/dog/2.jpg", "p/fox/1.jpg")))
        expect(page.get_by_text("5 photos of 3 classes in mine-photos").first).to_be_visible()
        drop(page, ("bad.zip", photos_of(photo, "../../out.jpg")))
        expect(alert(page, "bad.zip was not unpacked: its member '../../out.jpg'")).to_be_visible()
        drop(page, ("cut.zip", photos_of(photo, "dog/1.jpg")[:-40]))
        expect(alert(page, "cut.zip")).to_be_visible()
        drop(page, ("c.zip", photos_of(photo, "cow/1.jpg")))
        expect(page.get_by_text("6 photos of 4 classes in mine-photos").first).to_be_visible()
        page.get_by_role("button", name="Remove what was just added").click()
        expect(page.get_by_text("5 photos of 3 classes in mine-photos").first).to_be_visible()
    names = {it.name for it in (home / "datasets" / "mine-photos").rglob("*.jpg")}
    assert names == {"a.jpg", "b.jpg", "1.jpg", "2.jpg"}
    assert not list(home.rglob("out.jpg"))


ODD = ['it\'s "so"', "🐱 café", "<img src=x onerror=document.title='x'>", "x" * 250]


def test_odd_names_odd_photos_and_what_a_teacher_says(
    browse: Any, tmp_path: Path, uploads: Path, pets: Path
) -> None:
    for number, label in enumerate([*ODD, "cat", "Cat", "dog"]):
        (tmp_path / "odd" / label).mkdir(parents=True)
        for photo in sorted(pets.iterdir())[
            10 * number : 10 * number + (1 if label == "dog" else 9)
        ]:
            shutil.copy(photo, tmp_path / "odd" / label / photo.name)
    for name in ("broken.png", "text_renamed.jpg"):
        shutil.copy(uploads / name, tmp_path / "odd" / "cat")
    with Server(tmp_path, page=DATA) as server:
        page = opened(browse, server, width=360)
        choose(page, "odd")
        page.get_by_text("57 photos of 7 classes in odd").first.wait_for()
        expect(page.get_by_text("'Cat' and 'cat' differ only in capital letters")).to_be_visible()
        expect(page.get_by_text("'dog' has one photo")).to_be_visible()
        expect(page.get_by_text("2 photos of 57 cannot be read. broken.png is")).to_be_visible()
        for button, after in (
            ("Put them together", "'Cat' counts as 'cat'."),
            ("Leave that class out", "1 photo is left out."),
            ("Leave them out", "3 photos are left out."),
            ("Judge on 40 % of the photos", "40 % of them, drawn at random"),
        ):
            page.get_by_role("button", name=button, exact=True).click()
            expect(page.get_by_text(after).first).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("20 % of them, drawn at random").first).to_be_visible()
        look_closer(page, "How many of each")
        for label in ODD:
            expect(page.get_by_role("rowheader", name=label)).to_be_visible()
        look_closer(page, "The photos")
        assert page.title() == "coursekit: choose data"
        assert page.locator("img[src=x]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_folder_that_goes_while_it_is_used_is_a_sentence(
    browse: Any, tmp_path: Path, uploads: Path
) -> None:
    for label in "ab":
        (tmp_path / "x" / label).mkdir(parents=True)
        for number in range(30):
            shutil.copy(uploads / "hopper.jpg", tmp_path / "x" / label / f"{number}.jpg")
    with Server(tmp_path, page=DATA) as server:
        page = opened(browse, server)
        choose(page, "x")
        page.get_by_text("60 photos of 2 classes in x").first.wait_for()
        shutil.rmtree(tmp_path / "x")
        page.get_by_role("button", name="Last").click()
        expect(page.get_by_text("29.jpg can't be opened (No such file")).not_to_have_count(0)
        look_closer(page, "How many of each")
        page.get_by_label("Share that judges the model").select_option("40 %")
        expect(alert(page, "is not there")).to_be_visible()
        page.get_by_role("button", name="Choose another folder").click()
        expect(alert(page, "The folder x can't be opened")).to_be_visible()


def test_a_folder_linked_from_outside_is_refused_in_words(browse: Any, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "inside" / "way out").symlink_to(tmp_path / "outside")
    with Server(tmp_path / "inside", page=DATA) as server:
        page = opened(browse, server)
        page.get_by_role("button", name="Choose a folder").click()
        page.get_by_label("Folders in it").select_option("way out")
        expect(page.get_by_text("outside lies outside of the folder")).to_be_visible()
        above = page.get_by_label("Folder", exact=True).locator("option")
        expect(above).to_have_text(["inside"])


def test_ten_thousand_folders_open_soon(browse: Any, tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"folder {number}").mkdir()
    with Server(tmp_path, page=DATA) as server:
        page = opened(browse, server)
        took = [time_to_open(page) for _ in range(3)]
        print("10,000 folders, s:", [round(each, 2) for each in took])
        assert min(took) < 10


def time_to_open(page: Page) -> float:
    """Seconds from a click until all folders are listed; closes the chooser again."""
    start = time.monotonic()
    page.get_by_role("button", name="Choose a folder").click()
    page.get_by_text("This folder itself holds no photos and 10,000 folders.").wait_for()
    page.get_by_label("Folders in it").locator("option").nth(9_999).wait_for(state="visible")
    took = time.monotonic() - start
    page.get_by_role("button", name="Cancel").click()
    return took


@pytest.mark.slow
def test_a_hundred_thousand_photos_are_paged_through_without_slowing(
    browse: Any, tmp_path: Path, pets: Path
) -> None:
    some = sorted(pets.iterdir())[::9]
    for label in range(10):
        (tmp_path / "many" / f"class {label}").mkdir(parents=True)
        for number in range(10_000):
            link = tmp_path / "many" / f"class {label}" / f"{number:05d}.jpg"
            link.symlink_to(some[(number + label) % len(some)])
    with Server(tmp_path, page=DATA) as server:
        page = opened(browse, server)
        start = time.monotonic()
        choose(page, "many")
        page.get_by_text("100,000 photos of 10 classes in many").first.wait_for()
        page.get_by_text("Page 1 of 4,166, 99,980 photos.").wait_for()
        print(f"100,000 photos chosen: {time.monotonic() - start:.2f} s")
        nexts = [next_page(page) for _ in range(10)]
        print("next page, ms:", [round(1000 * each) for each in nexts])
        far = []
        for number in (2000, 3000, 500, 4100, 1234):
            page.get_by_label("Page", exact=True).fill(str(number))
            far.append(timed(page, lambda: page.get_by_label("Page", exact=True).press("Tab")))
        print("page far away, ms:", [round(1000 * each) for each in far])
        assert sorted(nexts)[len(nexts) // 2] < 3
        assert page.get_by_role("button", name="Open every photo").is_visible()


def next_page(page: Page) -> float:
    return timed(page, page.get_by_role("button", name="Next").click)


def timed(page: Page, turn: Any) -> float:
    """Seconds from a click until other photos are there, decoded by the browser."""
    before = page.evaluate("document.querySelector('.ck-tiles img').src")
    start = time.monotonic()
    turn()
    page.wait_for_function(
        "before => { const all = [...document.querySelectorAll('.ck-tiles img')];"
        "return all.length === 24 && all[0].src !== before"
        " && all.every(it => it.complete && it.naturalWidth) }",
        arg=before,
        polling=10,
    )
    return time.monotonic() - start


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_axe_finds_nothing_wrong_and_the_page_fits(
    browse: Any, data_page: Server, theme: str, width: int
) -> None:
    page = opened(browse, data_page, theme, width=width)
    assert violations(page) == []
    page.get_by_role("button", name="Choose a folder").click()
    page.get_by_label("Folders in it").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Cancel").click()
    choose_pets(page)
    page.get_by_role("button", name="Leave out the copies").wait_for()
    tag = f"{theme}{'' if width > 400 else '-phone'}"
    picture(page, f"picker-photos-{tag}", whole=True)
    for way in ("The catalogue", "Your own files", "Recent folders"):
        look_closer(page, way)
        page.wait_for_timeout(300)
        assert violations(page) == []
        assert nameless(page) == []
        picture(page, f"picker-{way.split()[1]}-{tag}", whole=True)
    for closer in ("How many of each", "What the network sees"):
        look_closer(page, closer)
        page.wait_for_timeout(300)
        assert violations(page) == []
        assert nameless(page) == []
        picture(page, f"picker-{closer.split()[-1]}-{tag}", whole=True)
    for size in (360, 768, 1600):
        page.set_viewport_size({"width": size, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= size


def test_everything_can_be_reached_by_keys(browse: Any, data_page: Server) -> None:
    page = opened(browse, data_page)
    page.get_by_role("button", name="Take the handwritten digits").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="The catalogue")).to_be_checked()
    page.get_by_role("button", name="Use DIGITS").wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="Table of data sets")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Use DIGITS")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("5,000 photos of 10 classes in digits").first.wait_for()
