"""The course page: the homework ticks itself as the game is played, all on one page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support_pages import (
    BROKEN,
    button,
    choose_digits,
    click,
    line,
    overflow,
    upload,
    violations,
)

from coursekit.app.serve import PAGES, Server

WATCHED = 15_000  # milliseconds in which what was done elsewhere is seen


@pytest.fixture
def course(some_digits: Path) -> Iterator[Server]:
    """The course page, allowed to read 180 digits."""
    with Server(some_digits, page=PAGES["course"]) as server:
        yield server


def opened(browse: Any, server: Server, theme: str = "light", **size: int) -> Page:
    page: Page = browse(f"{server.address}&theme={theme}", **size)
    page.get_by_role("heading", name="Lesson 1: the whole game").wait_for(timeout=60_000)
    return page


def task(page: Page, says: str) -> Locator:
    return page.locator(".ck-task").filter(has_text=says)


def ticked(page: Page, says: str) -> None:
    """Waits until the task is said to be done."""
    state = task(page, says).locator(".ck-task-state")
    expect(state).to_have_text(re.compile("^done"), timeout=WATCHED)


def go(page: Page, says: str, heading: str) -> None:
    """Opens a task's panel; the page goes there, and so do the keys."""
    task(page, says).get_by_role("button").click()
    expect(page.get_by_role("heading", name=heading)).to_be_in_viewport(timeout=60_000)


def back(page: Page) -> None:
    page.get_by_role("button", name="Back to the list").click()


@pytest.mark.slow
def test_the_homework_ticks_itself_as_the_game_is_played(
    browse: Any, course: Server, some_digits: Path, elsewhere: list[str]
) -> None:
    page = opened(browse, course)
    assert page.title() == "coursekit: the course"
    expect(page.get_by_text("0 of 9 done.")).to_be_visible()
    look_up(page)
    train_and_try(page, some_digits)
    compare(page)
    copy_with_another_seed(page)
    play(page)
    answer_one(page)
    shut_down(page)
    expect(page.get_by_text("8 of 9 done.")).to_be_visible(timeout=WATCHED)
    assert elsewhere == []
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)
    page.reload()
    expect(page.get_by_text("8 of 9 done.")).to_be_visible(timeout=60_000)
    assert violations(page) == []


def look_up(page: Page) -> None:
    go(page, "Look something up", "Look something up")
    expect(page.get_by_text("The look-up")).to_be_focused()
    page.get_by_label("Word").fill("validation set")
    page.get_by_label("Word").press("Enter")
    expect(page.locator(".ck-document")).to_contain_text("never learns from")
    ticked(page, "Look something up")
    assert violations(page) == []
    back(page)


def train_and_try(page: Page, digits: Path) -> None:
    go(page, "Train a model", "coursekit workbench")
    choose_digits(page)
    page.get_by_label("Size").last.fill("64")
    page.get_by_label("Size").last.press("Tab")
    click(page, "Start")
    wait_for_the_game(page)
    expect(line(page, r"^Finished after \d+ passes")).to_be_visible(timeout=240_000)
    for says in ("Train a model", "Make a data set of your own"):
        ticked(page, says)
    upload(page, digits / "a 3.png")
    ticked(page, "Try a picture of your own")
    page.get_by_role("radio", name=re.compile("^Keep")).check()
    page.get_by_label("Name", exact=True).fill("first <b>try</b>")
    click(page, "Put it on the board")
    expect(page.get_by_text("first <b>try</b>: error rate")).to_be_visible(timeout=30_000)
    back(page)


def wait_for_the_game(page: Page) -> None:
    """The game says what is done to its model, and opens once that is done; then back."""
    go(page, "Play against the model", "You against the model")
    expect(page.get_by_text("The game opens here by itself once")).to_be_visible()
    expect(page.get_by_text("No model is trained yet")).to_have_count(0)
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible(timeout=240_000)
    expect(page.get_by_text("The game opens here by itself once")).to_have_count(0)
    go(page, "Train a model", "coursekit workbench")


def compare(page: Page) -> None:
    go(page, "Beat a baseline", "Scoreboard")
    table = page.get_by_role("table")
    expect(table.get_by_role("rowheader", name="first <b>try</b>")).to_be_visible()
    click(page, "Add the baselines")
    expect(table.get_by_role("row")).to_have_count(6, timeout=120_000)
    expect(table).to_contain_text("nearest neighbour on pixels")
    ticked(page, "Beat a baseline")
    rows = page.get_by_label("Row")
    rows.select_option(label=rows.locator("option", has_text="first").inner_text())
    page.get_by_text("The recipe of this row").click()
    expect(page.get_by_role("rowheader", name="optimiser")).to_be_visible()
    click(page, "Run it again")
    expect(page.get_by_text("Reproduced exactly: every loss is the same")).to_be_visible(
        timeout=240_000
    )
    click(page, "Take it off")
    expect(table.get_by_role("row")).to_have_count(5)
    page.get_by_role("button", name="Undo: bring back first <b>try</b>").click()
    expect(table.get_by_role("row")).to_have_count(6)
    page.get_by_label("Your name here").fill("Kim")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_text("The board calls you Kim.")).to_be_visible()
    assert violations(page) == []
    back(page)


def copy_with_another_seed(page: Page) -> None:
    go(page, "Run it twice", "Experiments")
    rows = page.locator(".ck-runs tbody tr")
    expect(rows.first).to_be_visible(timeout=30_000)
    rows.first.get_by_role("checkbox").click()
    page.get_by_role("radio", name="Copy with one change").check()
    page.get_by_label("Change", exact=True).select_option("Seed")
    page.get_by_label("New value").fill("7")
    button(page, "Start the copy").click()
    expect(page.get_by_text(re.compile("copied from .*: seed 42, now 7"))).to_be_visible(
        timeout=240_000
    )
    ticked(page, "Run it twice")
    back(page)


def play(page: Page) -> None:
    go(page, "Play against the model", "You against the model")
    page.get_by_role("button", name="Start", exact=True).click()
    for number in range(1, 13):  # a third of the 36 photos that judge
        photo = page.get_by_role("img", name=f"Photo {number} of 12", exact=True)
        expect(photo).to_be_visible(timeout=30_000)
        page.keyboard.press("378"[number % 3])
    expect(page.locator(".ck-end")).to_contain_text("of 12 photos wrong")
    page.get_by_role("button", name="Put it on the board").click()
    ticked(page, "Play against the model")
    back(page)


def answer_one(page: Page) -> None:
    go(page, "Do the questions", "The whole game")
    page.locator(".ck-choice").first.click()
    page.get_by_role("button", name="Check").click()
    state = task(page, "Do the questions").locator(".ck-task-state")
    expect(state).to_contain_text("1 of 98 questions answered", timeout=WATCHED)
    back(page)


def shut_down(page: Page) -> None:
    go(page, "Shut the machine down", "Shut the machine down")
    page.get_by_role("button", name="I have shut it down").click()
    ticked(page, "Shut the machine down")
    button(page, "Undo").click()
    expect(task(page, "Shut the machine down")).to_contain_text("to do")
    page.get_by_role("button", name="I have shut it down").click()
    ticked(page, "Shut the machine down")
    back(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_fits_on_a_phone_and_is_used_by_keys(
    browse: Any, course: Server, theme: str
) -> None:
    page = opened(browse, course, theme, width=360, height=800)
    assert overflow(page) == 0
    assert violations(page) == []
    task(page, "Beat a baseline").get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Scoreboard")).to_be_in_viewport(timeout=30_000)
    expect(page.get_by_text("Nothing is on the board yet.")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Back to the list")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Scoreboard")).to_have_count(0)
    assert overflow(page) == 0
    assert violations(page) == []
