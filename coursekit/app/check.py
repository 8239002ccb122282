"""Whether the page works here: `coursekit app --check`."""

from __future__ import annotations

import http.cookiejar
import urllib.request
from typing import TYPE_CHECKING

from coursekit.app import browser
from coursekit.core.errors import CourseError

if TYPE_CHECKING:
    from coursekit.app.serve import Server

SECONDS = 60
LAST = {
    "workbench": "3. Try a picture",
    "data": "Choose photos",
    "train": "2. Train",
    "classify": "Try a picture",
    "quiz": "Lesson 1: the whole game",
    "machine": "Shutting it down",
}
"""What stands last on each page."""


class PageBroken(CourseError):
    """The page was asked for and did not come whole."""

    def __init__(self, seen: str) -> None:
        words = " ".join(seen.split())[:300] or "nothing"
        super().__init__(f"The page did not come up within {SECONDS} s; it shows: {words}")


def load_once(server: Server) -> str:
    """Loads the page as a browser does, and says what was checked.

    Without a Chrome or Chromium it asks for the page over HTTP, which starts Python for the page
    and builds its widgets, but draws nothing.

    Raises:
        PageBroken: The page did not come whole.
    """
    last = LAST[server.page.stem]
    if program := browser.find():
        shown = browser.text_of(program, server.address, until=last, seconds=SECONDS)
        if last not in shown:
            raise PageBroken(shown)
        return "The page came up whole in a browser. All is well."
    if "application/vnd.jupyter.widget-view+json" not in fetch(server.address):
        raise PageBroken("a page without widgets")
    return (
        "Python started and built the page. It was not drawn, because no Chrome or Chromium "
        "was found here."
    )


def fetch(address: str) -> str:
    """The page's HTML, with the cookie that the token gives."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    with urllib.request.build_opener(jar).open(address, timeout=SECONDS) as answer:
        return str(answer.read().decode())
