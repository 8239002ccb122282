"""A quiz's page: seconds to its first question, milliseconds to feedback, its kernel's memory.

Feedback is timed in the page, from the click on Check to the frame in which the words are there.
Arguments: FILE VISITS.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from coursekit.app import browser
from coursekit.app.serve import PAGES, Server

ARGUMENTS = ["--no-sandbox", *(flag for flag in browser.ARGUMENTS if "=" not in flag)]
ANSWERS = 12
FEEDBACK = """() => new Promise((done) => {
  const verdict = () => document.querySelector(".ck-said-verdict");
  document.querySelector(".ck-choice input").click();
  const began = performance.now();
  const look = () => verdict() ? done(performance.now() - began) : requestAnimationFrame(look);
  document.querySelector(".ck-do-check").click();
  look();
})"""


def page_of(questions: str, folder: Path) -> Path:
    """A page with these questions."""
    notebook = json.loads(PAGES["classify"].read_text())
    notebook["cells"][0]["source"] = f"from coursekit import Quiz\nQuiz({questions!r})"
    page = folder / "quiz.ipynb"
    page.write_text(json.dumps(notebook))
    return page


def feedback(page) -> list[float]:
    """The milliseconds of some answers to questions of choices, right or wrong."""
    found = []
    page.get_by_text("All questions").click()
    rows = page.locator(".ck-rows button")
    for number in range(rows.count()):
        rows.nth(number).click()
        page.locator(".ck-where").filter(has_text=f"Question {number + 1} of").wait_for()
        if (
            page.locator(".ck-choice input").count()
            and not page.locator(".ck-said-verdict").count()
        ):
            found.append(page.evaluate(FEEDBACK))
        if len(found) == ANSWERS:
            break
    return found


def kernel(server) -> tuple[float, bool]:
    """Megabytes of the largest kernel, and whether torch is in it."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    kernels = [it for it in children if "ipykernel" in " ".join(it.cmdline())]
    largest = max(kernels, key=lambda it: it.memory_info().rss)
    torch = any("libtorch" in file.path for it in kernels for file in it.memory_maps())
    return largest.memory_info().rss / 1e6, torch


figures = {"first": [], "feedback": [], "mb": [], "torch": False}
with tempfile.TemporaryDirectory() as root, sync_playwright() as playwright:
    shown = page_of(sys.argv[1], Path(root))
    chromium = playwright.chromium.launch(executable_path=browser.find(), args=ARGUMENTS)
    for _ in range(int(sys.argv[2])):
        with Server(Path(root), page=shown) as server:
            time.sleep(10)  # the kernel that waits for its page is ready
            page = chromium.new_context().new_page()
            began = time.perf_counter()
            page.goto(server.address, wait_until="commit")
            page.locator(".ck-question").first.wait_for(timeout=60_000)
            page.locator(".ck-do-check").click(trial=True)
            figures["first"].append(time.perf_counter() - began)
            figures["feedback"] += feedback(page)
            mb, torch = kernel(server)
            figures["mb"].append(mb)
            figures["torch"] |= torch
            page.context.close()
    chromium.close()
print(json.dumps(figures))
