"""From a phone to a wide screen: no scroll bar to the side, no cut words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from support_pages import choose_digits, click, line, opened, overflow

from coursekit.app.check import LAST
from coursekit.app.serve import PAGES, Server

WIDTHS = (360, 700, 1600)
WORDS = "button, label, h1, h2, h3, legend, p"
CUT = """(words) => [...document.querySelectorAll(`#rendered_cells :is(${words})`)]
  .filter((it) => it.offsetParent && it.textContent.trim() && !it.closest(".ck-unseen"))
  .filter((it) => getComputedStyle(it).overflowX !== "visible")
  .filter((it) => it.scrollWidth > it.clientWidth + 1)
  .map((it) => it.textContent.trim().slice(0, 60))"""


@pytest.mark.parametrize(("name", "heading"), LAST.items())
def test_a_fresh_page_fits_in_every_width(
    browse: Any, tmp_path: Path, name: str, heading: str
) -> None:
    with Server(tmp_path, page=PAGES[name], preheat=0) as server:
        fits_in_every_width(opened(browse, server.address, heading, width=WIDTHS[0]))


def fits_in_every_width(page: Page) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(500)  # the chart is drawn anew
        assert overflow(page) <= 0, width
        assert page.evaluate(CUT, WORDS) == [], width


@pytest.mark.slow
def test_the_workbench_with_a_trained_model_fits_in_every_width(
    browse: Any, digits_page: Server
) -> None:
    page = opened(browse, digits_page.address, width=1600)
    choose_digits(page)
    click(page, "Step")
    click(page, "Resume")
    line(page, "^Finished").wait_for(timeout=90_000)
    fits_in_every_width(page)
