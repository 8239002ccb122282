"""Questions that were converted, asked by the package jupyterquiz itself in a real browser."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jupyterquiz.dynamic import display
from playwright.sync_api import Locator, Page, expect

from coursekit.quiz.formats import convert

Open = Callable[..., Page]
QUESTIONS = r"""---
id: lesson-1
format: 1
---

## which-photos

```yaml
kind: one
```

Which *photos* cost $5 or `x[0](y)`, where $\frac{a}{b} < 1$?

- [ ] Those of `a$b$c`.
  > No: **not** these.
- [x] Those in [the book](https://example.com/book).

### Explanation

It says so: $x^2$.

## what-is-even

```yaml
kind: several
```

Which are even?

- [x] two
- [x] four
- [ ] three
  > Three is odd.

### Explanation

Two divides them.

## how-much

```yaml
kind: number
answer: 0.7
tolerance: 0.1
```

How much?

### Explanation

About 0.7.

## which-set

```yaml
kind: text
accept: [validation set]
typos: 1
wrong: {training set: The model learns from *that* one.}
```

Which set judges?

### Explanation

It was never seen.
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def page_of(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Serves a page of this HTML; gives its address."""
    handler = partial(Quiet, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def page(html: str) -> str:
            (tmp_path / "quiz.html").write_text(html, encoding="utf-8")
            return f"http://127.0.0.1:{server.server_port}/quiz.html"

        yield page
        server.shutdown()
        thread.join()


def displayed(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `display_quiz` puts into a notebook, as a page."""
    shown: list[Any] = []
    monkeypatch.setattr(display, "display", shown.append)
    display.display_quiz(str(path))
    markup, script = shown
    head = '<!doctype html><meta charset="utf-8">'
    return f"{head}<body>{markup.data}</div><script>{script.data}</script></body>"


@pytest.fixture
def quiz(
    tmp_path: Path, page_of: Callable[[str], str], browse: Open, monkeypatch: pytest.MonkeyPatch
) -> Locator:
    """The questions of the page, in order."""
    (tmp_path / "questions.md").write_text(QUESTIONS, encoding="utf-8")
    convert(tmp_path / "questions.md", tmp_path / "questions.json")
    page = browse(page_of(displayed(tmp_path / "questions.json", monkeypatch)))
    questions = page.locator(".Quiz")
    expect(questions).to_have_count(4)
    return questions


def test_jupyterquiz_shows_choices_as_they_were_written(
    quiz: Locator, elsewhere: list[str]
) -> None:
    one = quiz.nth(0)
    expect(one).to_contain_text("Which photos cost $5 or x[0](y), where")
    expect(one.locator("em")).to_have_text("photos")
    expect(one.locator("math mfrac")).to_have_count(1)  # drawn by the browser, without MathJax
    expect(one.locator("code")).to_have_text(["x[0](y)", "a$b$c"])
    expect(one.get_by_role("link", name="the book")).to_have_attribute(
        "href", "https://example.com/book"
    )
    assert elsewhere == []


def test_a_click_says_what_we_said(quiz: Locator) -> None:
    one, feedback = quiz.nth(0), quiz.nth(0).locator(".Feedback")
    one.locator("label").filter(has_text="Those of").click()
    expect(feedback).to_have_text("No: not these.")
    expect(feedback.locator("strong")).to_have_text("not")
    expect(feedback).to_have_class("Feedback incorrect")
    one.locator("label").filter(has_text="Those in").click(position={"x": 3, "y": 3})
    expect(feedback).to_contain_text("It says so:")
    expect(feedback.locator("msup")).to_have_count(1)
    expect(feedback).to_have_class("Feedback correct")


def test_several_are_counted(quiz: Locator) -> None:
    several, feedback = quiz.nth(1), quiz.nth(1).locator(".Feedback")
    several.locator("label").filter(has_text="two").click()
    expect(feedback).to_have_text("Two divides them. [1/2]")
    several.locator("label").filter(has_text="four").click()
    expect(feedback).to_have_text("Two divides them. [2/2]")
    several.locator("label").filter(has_text="three").click()
    expect(feedback).to_have_text("Three is odd. [0/2]")


@pytest.mark.parametrize(
    ("number", "typed", "said", "verdict"),
    [
        (2, "0.7", "About 0.7.", "correct"),
        (2, "0.6", "About 0.7.", "correct"),
        (2, "0.8", "About 0.7.", "correct"),
        (2, "0.81", "Incorrect. Try again.", "incorrect"),
        (3, "Validation set", "It was never seen.", "correct"),
        (3, "validatio set", "(Fuzzy) It was never seen.", "correct"),
        (3, "validati set", "Incorrect. Try again.", "incorrect"),
        (3, "training set", "The model learns from that one.", "incorrect"),
    ],
)
def test_what_is_typed_is_graded_as_ours_does(
    quiz: Locator, number: int, typed: str, said: str, verdict: str
) -> None:
    asked = quiz.nth(number)
    asked.get_by_role("textbox").fill(typed)
    asked.get_by_role("textbox").press("Enter")
    expect(asked.locator(".Feedback")).to_have_text(said)
    expect(asked.locator(".Feedback")).to_have_class(f"Feedback {verdict}")
