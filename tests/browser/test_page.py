"""What surrounds the panels: accessibility, a kernel that ends, a server that ends, culling."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from support_pages import LAST_STEP, kernels_of, opened, violations

from coursekit.app.check import LAST
from coursekit.app.serve import PAGES, Server

NAMES = {
    "workbench": ("coursekit workbench", "coursekit workbench"),
    "data": ("coursekit: choose data", "Choose photos"),
    "train": ("coursekit: train a model", "Train a model"),
    "classify": ("coursekit: try a picture", "Try a picture"),
    "quiz": ("coursekit: questions", "Lesson 1: the whole game"),
    "machine": ("coursekit: this machine", "This machine"),
}
"""Of each page the title and the first heading."""


@pytest.mark.parametrize(("name", "heading"), LAST.items())
def test_each_page_comes_up_named_and_axe_finds_nothing_wrong_in_either_theme(
    browse: Any, tmp_path: Path, elsewhere: list[str], name: str, heading: str
) -> None:
    with Server(tmp_path, page=PAGES[name], preheat=0) as server:
        for theme in ("light", "dark"):
            page = opened(browse, f"{server.address}&theme={theme}", heading)
            expect(page.locator("body")).to_have_class(re.compile(f"theme-{theme}"))
            assert (page.title(), page.get_by_role("heading").first.inner_text()) == NAMES[name]
            assert violations(page) == [], theme
    assert elsewhere == []


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1000)])
def test_without_the_token_the_page_asks_for_it_and_takes_the_whole_address(
    browse: Any, tmp_path: Path, elsewhere: list[str], theme: str, width: int
) -> None:
    with Server(tmp_path, page=PAGES["classify"], preheat=0) as server:
        page = browse(server.address.partition("?")[0], width=width)
        page.emulate_media(color_scheme=theme)
        field = page.get_by_label("The address, or the token alone")
        expect(field).to_be_focused()
        assert violations(page) == []
        page.keyboard.type("nonsense")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("That token does not open this page.")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(field).to_be_focused()
        page.keyboard.type(f" {server.address} ")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=LAST["classify"]).wait_for(timeout=60_000)
        assert server.token not in page.url
        page.get_by_label("Choose pictures").wait_for()  # the kernel answers, without the token
        page.wait_for_timeout(6_000)  # the page has asked whether Python is there
        expect(page.locator("#ck-trouble")).to_be_hidden()
    assert elsewhere == []


def test_python_that_ends_later_is_said_and_a_reload_begins_anew(
    browse: Any, tmp_path: Path
) -> None:
    with Server(tmp_path, preheat=0) as server:
        page = opened(browse, server.address)
        (kernel,) = kernels_of(server)
        kernel.kill()
        ended = page.get_by_role("alert").filter(has_text="Python has ended. Reload the page")
        expect(ended).to_be_visible()
        page.reload()
        page.get_by_role("heading", name=LAST_STEP).wait_for(timeout=60_000)
        expect(ended).to_have_count(0)


def test_a_server_that_ends_is_said(browse: Any, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        page = opened(browse, server.address)
    said = page.get_by_role("alert").filter(has_text="The server of this page has ended")
    expect(said).to_be_visible()


@pytest.mark.slow
def test_the_kernels_of_five_closed_pages_end_and_an_open_page_keeps_its_own(
    browse: Any, tmp_path: Path
) -> None:
    with Server(tmp_path, cull_after=10, preheat=0) as server:
        pages = [opened(browse, server.address) for _ in range(5)]
        assert len(kernels_of(server)) == 5
        for page in pages[1:]:
            page.close()
        wait_for_kernels(server, 1)
        time.sleep(20)
        pages[0].get_by_role("button", name="Take the handwritten digits").click()
        pages[0].get_by_text("5,000 photos of 10 classes in digits").first.wait_for()
        pages[0].close()
        wait_for_kernels(server, 0)


@pytest.mark.slow
def test_a_kernel_that_waits_for_its_page_is_left_alone(browse: Any, tmp_path: Path) -> None:
    with Server(tmp_path, cull_after=10) as server:
        wait_for_kernels(server, 1)
        (waiting,) = kernels_of(server)
        time.sleep(20)
        assert waiting.is_running()
        page = opened(browse, server.address)
        assert waiting.is_running()
        wait_for_kernels(server, 2)  # another waits for the next page
        page.close()
        wait_for_kernels(server, 1)
        assert waiting.pid not in {kernel.pid for kernel in kernels_of(server)}


def wait_for_kernels(server: Server, n: int) -> None:
    end = time.monotonic() + 60
    while len(kernels_of(server)) != n and time.monotonic() < end:
        time.sleep(0.25)
    assert len(kernels_of(server)) == n
