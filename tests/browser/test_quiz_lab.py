"""Questions in JupyterLab: kept over a refresh and a kernel's restart, and secret in an exam."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support_lab import (
    Jupyter,
    cell,
    choose_from_menu,
    jupyter,
    outputs,
    run_all,
    save,
)
from support_pages import BROKEN

pytestmark = pytest.mark.slow

QUESTIONS = Path(__file__).parents[1] / "questions.md"
SECRETS = ("SECRET", "validation set", "[x]", "0.2 %")
QUIZ = f"from coursekit import Quiz\nquiz = Quiz({QUESTIONS.name!r})\nquiz"
EXAM = f"from coursekit import Quiz\nexam = Quiz({QUESTIONS.name!r}, exam=True)\nexam"
LEARN = "import os\nprint(os.getpid())\nclass learn:\n    score = 0.05"
SCORE = "'1 of 7 points checked, 0 of 1 point judged by you; 2 of 8 questions answered.'"
STATE = "application/vnd.jupyter.widget-state+json"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """One server for all tests here, with a home of its own."""
    folder = tmp_path_factory.mktemp("lab")
    with jupyter("lab", folder, COURSEKIT_HOME=str(folder / "home")) as it:
        shutil.copy(QUESTIONS, it.folder)
        yield it


def opened(page: Page, address: str) -> Locator:
    """The panel of a notebook that is opened and run; it."""
    page.goto(address, wait_until="commit")
    run_all(page, "lab")
    panel = page.locator(".ck-asked")
    panel.wait_for(timeout=60_000)
    return panel


def where(page: Page) -> Locator:
    return page.locator(".ck-where")


def said(page: Page) -> Locator:
    return page.locator(".ck-feedback")


def answer(page: Page, *words: str) -> None:
    """Chooses these, and has them checked."""
    for it in words:
        page.locator(".ck-choice", has_text=it).click()
    page.get_by_role("button", name="Check", exact=True).click()


def restart_and_run(page: Page) -> None:
    """Restarts the kernel by Lab's menu, and runs all cells again."""
    (before,) = outputs(page, 1)
    choose_from_menu(page, "Kernel", "Restart Kernel and Run All Cells…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(cell(page, 2)).to_contain_text(SCORE, timeout=60_000)
    assert outputs(page, 1) != [before]  # another Python


def test_answer_refresh_answer_restart_the_kernel_go_on(
    browse: Any, lab: Jupyter, elsewhere: list[str]
) -> None:
    page = browse("about:blank", height=1200)
    opened(page, lab.notebook("quiz", QUIZ, LEARN, "quiz.score"))
    expect(where(page)).to_have_text("Question 1 of 8 · Data · not attempted")
    answer(page, "Those that it never saw.")
    expect(said(page)).to_contain_text("Right.")
    page.get_by_role("button", name="Next", exact=True).click()
    after_a_refresh_the_next_is_asked_and_answered(page)
    page.get_by_role("button", name="Flag", exact=True).click()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(where(page)).to_have_text("Question 3 of 8 · Data · not attempted")
    restart_and_run(page)
    all_is_there_again(page)
    assert elsewhere == []
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)


def after_a_refresh_the_next_is_asked_and_answered(page: Page) -> None:
    expect(where(page)).to_have_text("Question 2 of 8 · Data · not attempted")
    save(page)
    page.reload()
    page.locator(".ck-asked").wait_for(timeout=60_000)
    expect(where(page)).to_have_text("Question 2 of 8 · Data · not attempted")
    answer(page, "An epoch.", "A label.")
    expect(said(page)).to_contain_text("Not right.")
    expect(where(page)).to_contain_text("wrong")


def all_is_there_again(page: Page) -> None:
    """Place, answers, flag and score, in the widgets of another Python; it goes on."""
    expect(where(page)).to_have_text("Question 3 of 8 · Data · not attempted", timeout=60_000)
    page.get_by_text("All questions").click()
    expect(page.locator(".ck-rows .ck-status")).to_have_text(
        ["right", "wrong, flagged", *["not attempted"] * 6]
    )
    page.get_by_label("Your answer").fill("0.2 %")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(said(page)).to_contain_text("Right.")
    expect(page.locator(".ck-score summary")).to_contain_text("2 of 7 points checked")
    page.get_by_role("button", name="8. Train well.").click()
    expect(where(page)).to_contain_text("Question 8 of 8")
    page.get_by_role("button", name="Check", exact=True).click()  # the learner's own variables
    expect(said(page)).to_contain_text("Right.")


def test_an_exams_key_is_neither_in_the_page_nor_in_the_state_nor_in_the_saved_notebook(
    browse: Any, lab: Jupyter
) -> None:
    page = browse("about:blank", height=1200)
    received: list[str] = []
    page.on("websocket", lambda it: it.on("framereceived", lambda data: received.append(str(data))))
    opened(page, lab.notebook("exam", EXAM))
    page.locator(".ck-choice", has_text="never saw").click()
    page.get_by_role("button", name="Keep answer").click()
    expect(where(page)).to_contain_text("answered")
    seen = every_question(page)
    save(page)
    text = (lab.folder / "exam.ipynb").read_text()
    for it in (seen, "".join(received), text):
        assert "Which photos say how good a model is?" in it
        for secret in SECRETS:
            assert secret not in it
    nothing_is_told(lab)


def every_question(page: Page) -> str:
    """Shows all in turn; what the page had in it."""
    page.get_by_text("All questions").click()
    seen = page.content()
    for number in range(2, 9):
        page.locator(".ck-rows button").nth(number - 1).click()
        expect(where(page)).to_contain_text(f"Question {number} of 8")
        seen += page.content()
    page.locator(".ck-rows button").first.click()
    expect(where(page)).to_contain_text("Question 1 of 8")
    return seen


def nothing_is_told(lab: Jupyter) -> None:
    """The state that was saved says of a question what it asks, and of an answer that it is one."""
    state = lab.saved("exam").metadata["widgets"][STATE]["state"]
    (asked,) = [it["state"] for it in state.values() if "shown" in it["state"]]
    shown = asked["shown"]
    assert shown["status"] == "answered"
    assert (shown["feedback"], shown["hints"]) == ([], [])
    assert (shown["explanation"], shown["solution"], shown["source"]) == ("", "", "")
    assert not {"share", "right", "accept", "by_oneself"} & set(shown)
    assert {row["status"] for row in asked["rows"]} == {"answered", "not attempted"}
    words = json.dumps(state)
    assert not re.search(r"\b[01](\.\d+)? of \d+ points?\b", words)
