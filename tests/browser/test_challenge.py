"""A person against a model on real photos, in a real page: by keys, secret until the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support_lab import cell as cell_of
from support_lab import jupyter, run_all, save
from support_pages import BROKEN, overflow, violations

from coursekit.app.serve import Server
from coursekit.core import paths
from coursekit.learn.learner import Learner
from coursekit.scores import board
from coursekit.scores.adding import add
from coursekit.store.database import database

LIMIT = 1_000  # milliseconds from an answer to the next photo, on a busy machine
TRAIN = """\
from pathlib import Path
from coursekit import Challenge
from coursekit.data.labelled import LabelledFolder
from coursekit.vision.folder import learner, loaders
learn = learner(loaders(LabelledFolder(Path({pets!r}), "^(.+)_"), 64))
learn.start("fine_tune", 1).wait()
"""
EXPORTED = """\
from pathlib import Path
from coursekit import Challenge, load_learner
from coursekit.data.labelled import LabelledFolder
photos = LabelledFolder(Path({pets!r}), "^(.+)_")
learn = load_learner({model!r})
"""
EXPORTED_GAME = "Challenge(learn, photos)"
MANY = """\
from pathlib import Path
from coursekit import Challenge, vision_learner
from coursekit.vision.all import ImageDataLoaders, Resize, get_image_files
files = get_image_files(Path({pets!r}))
def label(file):
    breed, _, number = file.stem.rpartition("_")
    return f"{{breed}}_{{int(number) % 4}}"
dls = ImageDataLoaders.from_path_func(Path({pets!r}), files, label, seed=42, item_tfms=Resize(64))
learn = vision_learner(dls)
learn.start("fit", 1).wait()
"""
Pages = Callable[..., Server]
SOON = """() => new Promise((done) => {
  const photo = document.querySelector(".ck-photo"), began = performance.now();
  const look = () => {
    const image = photo.querySelector("img");
    if (image && image.alt !== window.lastAlt && image.complete) done(performance.now() - began);
    else requestAnimationFrame(look);
  };
  window.lastAlt = photo.querySelector("img").alt;
  document.querySelectorAll(".ck-label")[0].click();
  look();
})"""


@pytest.fixture
def game_page(cell_page: Pages, pets: Path) -> Pages:
    """Serves a page with a game; its first lines train the model."""

    def serve(code: str = TRAIN, last: str = "Challenge(learn)", **given: str) -> Server:
        return cell_page(code.format(pets=str(pets), **given) + last)

    return serve


@pytest.fixture(scope="session")
def exported(trained_on_pets: Learner, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The trained model as a file: a page's kernel needs no torch for it."""
    return str(trained_on_pets.export(tmp_path_factory.mktemp("exported") / "pets.ckit"))


@pytest.fixture
def exported_page(game_page: Pages, exported: str) -> Server:
    return game_page(EXPORTED, EXPORTED_GAME, model=exported)


def begun(browse: Any, address: str, **size: int) -> Page:
    """The page, once the game has begun by a key."""
    page: Page = browse(address, **size)
    begin(page)
    return page


def begin(page: Page) -> None:
    start = page.get_by_role("button", name="Start", exact=True)
    start.wait_for(timeout=180_000)
    expect(page.get_by_text("the clock runs from the first to the last")).to_be_visible()
    start.focus()
    page.keyboard.press("Enter")
    expect(photo(page, 1)).to_be_visible(timeout=30_000)


def photo(page: Page, number: int) -> Locator:
    return page.get_by_role("img", name=f"Photo {number} of 20", exact=True)


def where(page: Page) -> Locator:
    return page.locator(".ck-where")


def test_twenty_photos_are_played_by_keys_and_stand_on_the_board(
    browse: Any, game_page: Pages, elsewhere: list[str]
) -> None:
    server, page, received = game_page(), browse("about:blank"), []
    page.on("websocket", lambda it: it.on("framereceived", lambda data: received.append(str(data))))
    page.goto(server.address, wait_until="commit")
    begin(page)
    expect(page.locator(".ck-label")).to_have_text(["1Abyssinian", "2Bengal", "3american_bulldog"])
    take_back_and_pause(page)
    for number in range(1, 20):
        expect(photo(page, number)).to_be_visible()
        page.keyboard.press(str(1 + number % 3))
    expect(photo(page, 20)).to_be_visible()
    keeps_its_secrets(page.content(), received)
    page.keyboard.press("2")
    end = page.locator(".ck-end")
    expect(end).to_contain_text(re.compile(r"You: \d+ of 20 photos wrong, an error rate of"))
    expect(end).to_contain_text(re.compile(r"The model \(.+\): \d+ of 20 photos wrong"))
    expect(end).to_be_focused()
    tiles = page.get_by_role("list", name="Where you and the model disagree")
    expect(tiles.get_by_role("img").first).to_have_attribute("alt", re.compile("You: .+ Model: "))
    assert tiles.get_by_role("listitem").count() > 3
    page.get_by_label("Name on the board").fill("Kim")
    page.get_by_role("button", name="Put it on the board").click()
    expect(
        page.get_by_text(re.compile(r"On the board of images \(\w{6}\)\. Kim: error rate"))
    ).to_be_visible()
    on_the_board(said=end.inner_text())
    assert elsewhere == []
    assert violations(page) == []
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)


def take_back_and_pause(page: Page) -> None:
    """An answer taken back, and a pause in which no key counts; the first photo is shown after."""
    expect(where(page)).to_have_text(re.compile(r"^Photo 1 of 20 · \d:\d\d$"))
    page.keyboard.press("1")
    expect(photo(page, 2)).to_be_visible()
    page.keyboard.press("Backspace")
    expect(photo(page, 1)).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator(".ck-photo")).to_have_text(
        "Paused: the photo is hidden and the clock stands."
    )
    expect(page.locator(".ck-photo img")).to_have_count(0)
    standing_still = where(page).inner_text()
    page.keyboard.press("1")
    page.wait_for_timeout(1500)
    expect(where(page)).to_have_text(standing_still)
    page.keyboard.press("p")


def keeps_its_secrets(content: str, received: list[str]) -> None:
    """Before the end neither page nor messages have a file's name, a truth or the model's word."""
    seen = "".join([content, *received])
    assert "american_bulldog" in seen  # a label to choose
    assert sum("JFIF" in it for it in received) >= 20
    for secret in (r"(Abyssinian|Bengal|american_bulldog)_\d", r"\.jpg", r"The model \(", "Exif"):
        assert re.search(secret, seen) is None


def on_the_board(said: str) -> None:
    """The game's row stands beside the model's, on the same data."""
    with database().reading() as session:
        ((task, _),) = board.tasks(session)
        (row,) = board.top(session, task)
    run = row.run
    assert (run.kind, run.name, run.judged, run.chosen) == ("person", "Kim", 20, False)
    assert f"You: {round(run.error_rate * 20)} of 20 photos wrong" in said
    model = run.about["model"]
    assert f"{model['wrong']} of 20 photos wrong" in said.split("The model")[1]
    assert run.seconds > 1
    assert all(it["you"] != it["model"] for it in run.about["disagree"])
    ended = (paths.home() / "runs").glob("*/status.json")  # pages may wait ready for others, too
    trained = next(it for it in ended if json.loads(it.read_text())["state"] == "finished")
    add(trained.parent, "the model")
    with database().reading() as session:
        ((task, _),) = board.tasks(session)
        rows = {row.run.kind: row.run for row in board.top(session, task)}
    assert rows["person"].data == rows["model"].data


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_game_on_a_phone_by_touch(browse: Any, exported_page: Server, theme: str) -> None:
    page = begun(browse, f"{exported_page.address}&theme={theme}", width=360, height=800)
    assert violations(page) == []
    assert overflow(page) <= 0
    label = page.locator(".ck-label").first
    assert label.bounding_box()["height"] >= 40
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".ck-photo img")).to_have_count(0)
    assert violations(page) == []
    page.get_by_role("button", name="Go on").click()
    for number in range(1, 21):
        expect(photo(page, number)).to_be_visible()
        page.locator(".ck-label").nth(number % 3).click()
    expect(page.locator(".ck-end")).to_contain_text("20 photos wrong")
    assert violations(page) == []
    assert overflow(page) <= 0
    page.get_by_role("button", name="Play again").click()
    expect(page.get_by_text("You have seen these photos before")).to_be_visible(timeout=30_000)


def test_the_next_photo_is_there_at_once(browse: Any, exported_page: Server) -> None:
    page = begun(browse, exported_page.address)
    times = [page.evaluate(SOON) for _ in range(12)]
    print(f"next photo after {[round(it) for it in times]} ms")
    assert median(times) < LIMIT


def test_many_labels_are_found_by_typing(browse: Any, game_page: Pages) -> None:
    page = begun(browse, game_page(MANY).address)
    field = page.get_by_label("Number or name of the label, then Enter")
    expect(field).to_be_focused()
    labels = page.locator(".ck-label")
    assert labels.count() > 9
    page.keyboard.type("bull")
    expect(page.get_by_text(re.compile("^4 labels found$"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(photo(page, 1)).to_be_visible()
    page.keyboard.type("dog 2")
    expect(labels.filter(visible=True)).to_have_text([re.compile("american_bulldog_2")])
    page.keyboard.press("Enter")
    expect(photo(page, 2)).to_be_visible()
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    expect(photo(page, 3)).to_be_visible()
    page.keyboard.press("Backspace")
    expect(photo(page, 2)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    assert violations(page) == []


def test_before_a_model_is_trained_it_says_so(browse: Any, game_page: Pages) -> None:
    page = browse(game_page("from coursekit import Challenge\n", "Challenge()").address)
    expect(page.get_by_text("Train a model first")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Start")).to_be_hidden()
    expect(page.locator(".ck-played")).to_be_hidden()
    assert violations(page) == []


@pytest.mark.slow
def test_in_a_notebook_keys_are_the_games_and_the_file_keeps_no_secret(
    browse: Any, exported: str, pets: Path, tmp_path: Path
) -> None:
    with jupyter("lab", tmp_path, COURSEKIT_HOME=str(tmp_path / "home")) as lab:
        cell = EXPORTED.format(pets=str(pets), model=exported) + EXPORTED_GAME
        page: Page = browse(lab.notebook("game", cell, "'another cell'"), height=1100)
        run_all(page, "lab")
        begin(page)
        for number, key in enumerate("1213", 1):
            expect(photo(page, number)).to_be_visible()
            page.keyboard.press(key)
        expect(photo(page, 5)).to_be_visible()
        page.keyboard.press("Backspace")
        expect(photo(page, 4)).to_be_visible()
        cell_of(page, 1).locator(".jp-InputPrompt").click()
        save(page)
        saved = json.dumps(lab.saved("game"))
        assert "american_bulldog" in saved
        assert not re.search(r"(Abyssinian|Bengal|american_bulldog)_\d|\.jpg|JFIF|/9j/", saved)
        assert "# " not in lab.saved("game").cells[0].source  # 1 makes a heading of a cell else
        page.reload()
        expect(photo(page, 4)).to_be_visible(timeout=60_000)
        page.locator(".ck-label").nth(1).click()
        expect(photo(page, 5)).to_be_visible()
