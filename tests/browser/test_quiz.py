"""Questions in a real page: answered by keys, kept, and secret in an exam."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support_disks import held
from support_pages import BROKEN, kernels_of, overflow, violations

from coursekit.app.serve import Server

LIMIT = 120_000_000
QUESTIONS = Path(__file__).parents[1] / "questions.md"
SECRETS = ("SECRET", "validation set", "[x]")
Pages = Callable[..., Server]


@pytest.fixture
def quiz_page(cell_page: Pages) -> Pages:
    """Serves a page with a quiz of questions.md."""

    def serve(**options: Any) -> Server:
        given = "".join(f", {name}={value!r}" for name, value in options.items())
        return cell_page(f"from coursekit import Quiz\nQuiz({str(QUESTIONS)!r}{given})")

    return serve


def opened(browse: Any, server: Server, **size: int) -> Page:
    page: Page = browse(server.address, **size)
    page.locator(".ck-asked").wait_for(timeout=60_000)
    return page


def where(page: Page) -> Locator:
    return page.locator(".ck-where")


def said(page: Page) -> Locator:
    return page.locator(".ck-feedback")


def number_of(page: Page, words: str) -> str:
    """The key of the choice that says so."""
    return page.locator(".ck-choice", has_text=words).locator("kbd").inner_text()


def test_a_quiz_is_played_by_keys_alone_and_is_there_again(
    browse: Any, quiz_page: Pages, home: Path, elsewhere: list[str]
) -> None:
    server = quiz_page()
    page = opened(browse, server)
    expect(where(page)).to_have_text("Question 1 of 7 · Data · not attempted")
    choose_by_keys(page)
    page.keyboard.press("Enter")
    expect(where(page)).to_have_text("Question 2 of 7 · Data · not attempted")
    page.keyboard.press("k")
    expect(where(page)).to_have_text("Question 3 of 7 · Data · not attempted")
    page.keyboard.type("0,2 %")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Right.")
    page.keyboard.press("Enter")
    expect(where(page)).to_contain_text("Question 4 of 7")
    page.keyboard.type("valid")
    wait_for_draft(home / "coursekit.db", "valid")
    page.reload()
    expect(where(page)).to_have_text("Question 4 of 7 · Data · not attempted", timeout=60_000)
    expect(page.get_by_label("Your answer")).to_have_value("valid")
    expect(page.locator(".ck-score summary")).to_contain_text("2 of 6 points checked")
    assert elsewhere == []
    assert violations(page) == []
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)


def wait_for_draft(file: Path, words: str) -> None:
    """Waits until what was typed is kept, which is half a second after the last letter."""
    end = time.monotonic() + 20
    while words not in drafts_in(file):
        assert time.monotonic() < end
        time.sleep(0.1)


def drafts_in(file: Path) -> list[Any]:
    """What was typed and not checked yet, as a database keeps it."""
    with closing(sqlite3.connect(file)) as it:
        places = [json.loads(place) for (place,) in it.execute("SELECT state FROM places")]
    return [draft for place in places for draft in place.get("drafts", {}).values()]


def choose_by_keys(page: Page) -> None:
    """A wrong choice, a hint, the right one."""
    page.locator(".ck-choice input").first.focus()
    page.keyboard.press(number_of(page, "learned from"))
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Not right.")
    expect(said(page)).to_contain_text("They may be known by heart.")
    page.keyboard.press("h")
    expect(page.locator(".ck-hints")).to_contain_text("Hint 1: Think of an exam.")
    page.keyboard.press(number_of(page, "never saw"))
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Right.")
    expect(said(page).locator("math")).to_have_count(1)


def test_every_other_kind_is_answered_on_a_phone(browse: Any, quiz_page: Pages) -> None:
    page = opened(browse, quiz_page(), width=360, height=800)
    page.get_by_text("All questions").click()

    def go(words: str) -> None:
        page.locator(".ck-rows button", has_text=words).click()

    go("Which two")
    for words in ("epoch", "batch"):
        page.locator(".ck-choice", has_text=words).click()
    page.get_by_role("button", name="Check").click()
    expect(said(page)).to_contain_text("Right.")
    go("In your own words")
    page.get_by_label("Your answer").fill("Because it may know them.")
    page.get_by_role("button", name="Compare with the model answer").click()
    expect(page.locator(".ck-model")).to_contain_text("SECRET model answer")
    page.get_by_label("It says why").check()
    page.get_by_role("button", name="Count it").click()
    expect(said(page)).to_contain_text("You gave yourself 0.5 of 1 point.")
    go("What comes first")
    sort(page, ["Choose", "Split", "Train"])
    page.get_by_role("button", name="Check").click()
    expect(said(page)).to_contain_text("Right.")
    go("What belongs together")
    page.get_by_label("epoch").select_option("a pass")
    page.get_by_label("batch").select_option("a few items")
    page.get_by_role("button", name="Check").click()
    expect(said(page)).to_contain_text("Right.")
    expect(page.locator(".ck-rows button", has_text="Train well")).to_have_count(0)
    assert violations(page) == []
    assert overflow(page) <= 0


def sort(page: Page, words: list[str]) -> None:
    """Moves things up until they are in this order."""
    for place, word in enumerate(words):
        item = page.locator(".ck-order li", has_text=word)
        while page.locator(".ck-order li").nth(place).inner_text().find(word) < 0:
            item.get_by_role("button", name=re.compile("up$")).click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_exam_keeps_its_key_out_of_page_and_messages(
    browse: Any, quiz_page: Pages, theme: str
) -> None:
    server = quiz_page(exam=True)
    page = browse("about:blank")
    received: list[str] = []
    page.on("websocket", lambda it: it.on("framereceived", lambda data: received.append(str(data))))
    page.goto(f"{server.address}&theme={theme}", wait_until="commit")
    page.locator(".ck-asked").wait_for(timeout=60_000)
    for tells in ("Hint", "Solution"):
        expect(page.get_by_role("button", name=tells)).to_be_hidden()
    page.locator(".ck-choice", has_text="learned from").click()
    page.get_by_role("button", name="Keep answer").click()
    expect(where(page)).to_contain_text("answered")
    for number in range(2, 8):
        page.get_by_text("All questions").click() if number == 2 else None
        page.locator(".ck-rows button").nth(number - 1).click()
        expect(where(page)).to_contain_text(f"Question {number} of 7")
    seen = page.content() + "".join(received)
    assert "learned from" in seen
    assert not [secret for secret in SECRETS if secret in seen]
    page.get_by_role("button", name="Hand in").click()
    expect(said(page)).to_contain_text("6 questions have no answer yet. Hand in once more")
    page.locator(".ck-rows button").nth(1).click()
    expect(where(page)).to_contain_text("Question 2 of 7")
    page.get_by_role("button", name="Hand in").click()  # another question was shown between
    expect(said(page)).to_contain_text("6 questions have no answer yet")
    assert violations(page) == []
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator(".ck-score summary")).to_contain_text("0 of 6 points checked")
    page.locator(".ck-rows button").nth(0).click()
    expect(said(page)).to_contain_text("SECRET explanation")
    expect(page.get_by_role("button", name="Keep answer")).to_have_count(0)
    assert violations(page) == []


def test_a_quizs_kernel_is_small_and_needs_no_torch(browse: Any, quiz_page: Pages) -> None:
    server = quiz_page()
    page = opened(browse, server)
    page.locator(".ck-choice").first.click()
    page.get_by_role("button", name="Check").click()
    expect(said(page)).not_to_be_empty()
    kernels = kernels_of(server)
    sizes = [it.memory_info().rss for it in kernels]
    print(f"kernels: {[f'{size / 1e6:.0f} MB' for size in sizes]}")
    assert sizes
    assert max(sizes) < LIMIT
    for it in kernels:
        assert not any("libtorch" in file.path for file in it.memory_maps())


FEEDBACK = """([choice]) => new Promise((done) => {
  choice.click();
  const check = document.querySelector(".ck-do-check");
  const began = performance.now();
  const look = () => {
    const said = document.querySelector(".ck-said-verdict");
    if (said) return done({ words: said.textContent, ms: performance.now() - began });
    requestAnimationFrame(look);
  };
  check.click();
  look();
})"""


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_an_answer_on_a_locked_database_is_judged_at_once_and_kept_when_the_lock_is_gone(
    browse: Any, quiz_page: Pages, home: Path, theme: str, width: int
) -> None:
    page = browse(f"{quiz_page().address}&theme={theme}", width=width)
    page.locator(".ck-asked").wait_for(timeout=60_000)
    file = home / "coursekit.db"
    right = page.locator(".ck-choice input").nth(int(number_of(page, "never saw")) - 1)
    waits = page.get_by_role("alert").filter(has_text="Not in the database yet: your last answer, ")
    with held(file):  # on which Python waits for 10 s
        seen = page.evaluate(FEEDBACK, [right.element_handle()])
        print(f"feedback after {seen['ms']:.0f} ms")
        assert seen["words"] == "Right."
        assert seen["ms"] < 4_000
        expect(waits).to_be_visible(timeout=4_000)
        assert answers_in(file) == []
        assert violations(page) == []
        assert overflow(page) <= 0
        page.get_by_role("button", name="Next").click()
        expect(where(page)).to_contain_text("Question 2 of 7")  # it goes on as ever
    expect(waits).to_have_count(0)
    assert answers_in(file) == [1.0]
    page.reload()
    expect(where(page)).to_contain_text("Question 2 of 7", timeout=60_000)


def answers_in(file: Path) -> list[float]:
    """What the answers in a database are worth."""
    with closing(sqlite3.connect(file)) as it:
        return [share for (share,) in it.execute("SELECT share FROM attempts")]
