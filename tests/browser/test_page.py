"""What surrounds the panels: accessibility, a kernel that ends, a server that ends, culling."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from coursekit.app.serve import Server

LAST_STEP = "3. Try a picture"


def opened(browse: Any, address: str, **size: int) -> Page:
    page: Page = browse(address, **size)
    page.get_by_role("heading", name=LAST_STEP).wait_for(timeout=60_000)
    return page


def kernels(server: Server) -> list[psutil.Process]:
    children = psutil.Process(server.process.pid).children(recursive=True)
    return [child for child in children if is_kernel(child)]


def is_kernel(process: psutil.Process) -> bool:
    try:
        return any("ipykernel" in part for part in process.cmdline())
    except psutil.Error:  # it ended meanwhile
        return False


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong: the rule, its weight, and the first element."""
    found = Axe().run(page).response["violations"]
    return [f"{it['id']} ({it['impact']}): {it['nodes'][0]['html'][:200]}" for it in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong(browse: Any, workbench: Server, pets: Path, theme: str) -> None:
    page = opened(browse, f"{workbench.address}&theme={theme}")
    assert violations(page) == []
    page.get_by_role("button", name="Choose folder").click()
    page.get_by_label("Folders in it").wait_for()
    page.get_by_label("A photo's label is").select_option(index=2)
    page.get_by_label("Picture").set_input_files(pets / "Abyssinian_1.jpg")
    page.get_by_role("img", name="Abyssinian_1.jpg").wait_for(timeout=60_000)
    assert violations(page) == []


def test_python_that_ends_later_is_said_and_a_reload_begins_anew(
    browse: Any, workbench: Server
) -> None:
    page = opened(browse, workbench.address)
    (kernel,) = kernels(workbench)
    kernel.kill()
    ended = page.get_by_role("alert").filter(has_text="Python has ended. Reload the page")
    expect(ended).to_be_visible(timeout=20_000)
    page.reload()
    page.get_by_role("heading", name=LAST_STEP).wait_for(timeout=60_000)
    expect(ended).to_have_count(0)


def test_a_server_that_ends_is_said(browse: Any, tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        page = opened(browse, server.address)
    said = page.get_by_role("alert").filter(has_text="The server of this page has ended")
    expect(said).to_be_visible(timeout=20_000)


@pytest.mark.slow
def test_the_kernels_of_closed_pages_end(browse: Any, tmp_path: Path) -> None:
    with Server(tmp_path, cull_after=3) as server:
        pages = [opened(browse, server.address) for _ in range(3)]
        assert len(kernels(server)) == 3
        time.sleep(8)
        assert len(kernels(server)) == 3  # an open page keeps its own, however long it is idle
        for page in pages[1:]:
            page.close()
        end = time.monotonic() + 30
        while len(kernels(server)) > 1 and time.monotonic() < end:
            time.sleep(0.5)
        assert len(kernels(server)) == 1
        pages[0].get_by_role("button", name="Take the handwritten digits").click()
        pages[0].get_by_text("5,000 photos of 10 classes in digits").wait_for()
