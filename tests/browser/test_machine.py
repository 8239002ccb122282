"""The machine panel in a real page: how it is, what it costs, what holds memory, who watches it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support_lab import Kind, jupyter, outputs, run_all, run_cell, run_cell_again, wait_for_end
from support_pages import BROKEN, button, overflow, picture, violations

from coursekit.app.serve import Server
from coursekit.machine import cost, month, watchdog

PANEL = "from coursekit import MachinePanel\nMachinePanel()"
FAKED_GPU = f"""import os, sys
os.environ.pop("CUDA_VISIBLE_DEVICES", None)  # by which tests hide real ones
sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
from support_nvml import Card, FakeNvml
from coursekit.machine import nvml
nvml.has_driver = lambda: True
sys.modules["pynvml"] = FakeNvml(Card())
"""
FAKED_PAST = """
import math, time
from dataclasses import replace
from coursekit.machine.reader import status
from coursekit.machine.sampler import sampler
now = status()
for ago in range(590, 1, -1):
    wave = 0.5 + (math.sin(ago / 37) + math.sin(ago / 11)) / 4
    at_work, held = wave if ago > 10 else 0.37, 0.75 if ago < 400 else 0.2
    gpus = [replace(it, busy=at_work, memory_used=int(held * it.memory_total)) for it in now.gpus]
    past = replace(now, clock=time.monotonic() - ago, gpus=tuple(gpus))
    sampler._kept.append(replace(past, host=replace(now.host, busy=0.2 + wave / 4)))
"""
"""Ten minutes, for the charts."""
CUT = """() => [...document.querySelectorAll("#rendered_cells *")]
  .filter((it) => it.matches("button, label, h2, h3, p, dd, dt"))
  .filter((it) => it.offsetParent && it.scrollWidth > it.clientWidth + 1)
  .filter((it) => getComputedStyle(it).overflowX !== "visible")
  .map((it) => it.textContent.trim().slice(0, 60))"""
WAIT = 60_000


@pytest.fixture
def no_watchdog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """None is left behind, and none asks other servers than this test's."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "jupyter" / "runtime"))
    yield
    watchdog.off()


def opened(browse: Any, server: Server, theme: str = "light", **size: int) -> Page:
    """The page, once the machine was read and the charts are drawn."""
    page: Page = browse(f"{server.address}&theme={theme}", **size)
    expect(page.locator(".ck-spark").first).to_be_visible(timeout=WAIT)
    return page


def row(page: Page, part: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=part))


def said(page: Page, words: str) -> Locator:
    return page.locator(".ck-said").filter(has_text=re.compile(words))


@pytest.mark.slow
def test_it_says_in_words_and_numbers_how_the_machine_is(
    browse: Any, cell_page: Callable[..., Server], elsewhere: list[str]
) -> None:
    page = opened(browse, cell_page(PANEL))
    expect(page.get_by_role("heading", name="This machine")).to_be_visible()
    expect(said(page, r"\w+\.$").first).to_be_visible()
    expect(row(page, "Processor")).to_contain_text("%")
    expect(row(page, "Memory")).to_contain_text(re.compile(r"[\d.]+ [GM]B of [\d.]+ GB"))
    chart = page.get_by_role("img", name="Processor over the last ten minutes")
    expect(chart.locator("path")).to_have_attribute("d", re.compile("L.*L"), timeout=30_000)
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)
    assert elsewhere == []


@pytest.mark.slow
def test_the_table_keeps_the_focus_and_its_place_while_its_numbers_change(
    browse: Any, cell_page: Callable[..., Server]
) -> None:
    page = opened(browse, cell_page(FAKED_GPU + FAKED_PAST + PANEL))
    page.set_viewport_size({"width": 360, "height": 800})
    table = page.get_by_role("group", name="This machine")
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")
    drawn = page.get_by_role("img", name=re.compile("^Processor over")).locator("path")
    for _ in range(2):
        expect(drawn).not_to_have_attribute("d", str(drawn.get_attribute("d")), timeout=30_000)
    expect(table).to_be_focused()
    assert table.evaluate("(it) => it.scrollLeft") > 0


@pytest.mark.slow
def test_a_faked_gpu_is_in_the_words_the_table_and_the_charts(
    browse: Any, cell_page: Callable[..., Server]
) -> None:
    page = opened(browse, cell_page(FAKED_GPU + FAKED_PAST + PANEL))
    gpu = row(page, "GPU 0, Tesla T4")
    for words in ("37 %", "12 GB of 16 GB", "54 °C", "68 of 70 W"):
        expect(gpu).to_contain_text(words)
    expect(page.get_by_role("img", name=re.compile("^GPU at work over .* 37 %"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^GPU memory over"))).to_be_visible()
    picture(page, "machine-gpu-light", whole=True)


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_with_a_faked_gpu_it_fits_on_a_phone_and_axe_finds_nothing_wrong(
    browse: Any, cell_page: Callable[..., Server], theme: str
) -> None:
    page = opened(browse, cell_page(FAKED_GPU + FAKED_PAST + PANEL), theme)
    assert violations(page) == []
    if theme == "dark":
        picture(page, "machine-gpu-dark", whole=True)
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_timeout(500)
    assert overflow(page) <= 0
    assert page.evaluate(CUT) == []
    assert violations(page) == []
    if theme == "light":
        picture(page, "machine-gpu-light-phone", whole=True)


def cost_of(page: Page, typed: str) -> None:
    page.get_by_label("Price per hour").fill(typed)
    button(page, "Keep it").click()


@pytest.mark.slow
def test_a_price_makes_costs_and_what_is_none_is_said_and_left_to_be_mended(
    browse: Any, cell_page: Callable[..., Server]
) -> None:
    page = opened(browse, cell_page(PANEL))
    cost_of(page, "cheap")
    expect(page.get_by_role("alert").filter(has_text="“cheap” is no price.")).to_be_visible()
    page.wait_for_timeout(6_000)  # the panel reads its files again meanwhile
    expect(page.get_by_label("Price per hour")).to_have_value("cheap")
    cost_of(page, "0.526 $ per hour")
    expect(page.get_by_text(re.compile(r"\d \$ since this machine started"))).to_be_visible()
    expect(page.get_by_text("if it stays on until").first).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="is no price")).to_have_count(0)
    for ago in (60, 0):  # seen for a minute, by another process
        month.touch(datetime.now(UTC) - timedelta(seconds=ago))
    page.reload()
    expect(page.get_by_label("Price per hour")).to_have_value("0.526 $", timeout=WAIT)
    expect(said(page, r"\d \$ this month, for .* this machine is known")).to_be_visible()


@pytest.mark.slow
def test_what_holds_memory_is_listed_and_deleted_where_one_says_so(
    browse: Any, cell_page: Callable[..., Server]
) -> None:
    page = opened(browse, cell_page(f"import torch\nbig = torch.ones(6_000_000)\n{PANEL}"))
    button(page, "What holds memory\\?").click()
    expect(said(page, "^big: .*24 MB")).to_be_visible()
    page.get_by_role("button", name="Delete").dblclick()
    sure = page.get_by_role("button", name="Delete for good: click again")
    expect(sure).to_be_focused()
    expect(said(page, "^big: .*24 MB")).to_be_visible()
    page.wait_for_timeout(600)  # or it would be a double click
    sure.click()
    expect(said(page, "^Deleted big")).to_be_visible()
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("gpu", ["no", "faked"])
def test_a_button_frees_a_gpus_memory_where_there_is_one(
    browse: Any, cell_page: Callable[..., Server], gpu: str
) -> None:
    page = opened(browse, cell_page((FAKED_GPU if gpu == "faked" else "") + PANEL))
    if gpu == "no":
        expect(button(page, "Free GPU memory")).to_be_hidden()
        return
    button(page, "Free GPU memory").click()
    expect(said(page, "nothing to free on a GPU")).to_be_visible()


@pytest.mark.slow
@pytest.mark.usefixtures("no_watchdog")
def test_the_watchdog_is_armed_and_switched_off_with_a_harmless_command(
    browse: Any, cell_page: Callable[..., Server]
) -> None:
    page = opened(browse, cell_page(PANEL))
    expect(said(page, "nothing is ever stopped")).to_be_visible()
    expect(button(page, "Switch it off")).to_be_hidden()
    page.get_by_label("After this long without a sign of life").fill("soon")
    button(page, "Arm the watchdog").click()
    expect(page.get_by_role("alert").filter(has_text="no length of time")).to_be_visible()
    page.get_by_label("After this long without a sign of life").fill("45m")
    page.get_by_label("run", exact=True).fill("echo idle")
    button(page, "Arm the watchdog").click()
    expect(said(page, "^Guarded. After 45 min .* it runs `echo idle`")).to_be_visible(timeout=WAIT)
    expect(button(page, "Arm the watchdog")).to_be_hidden()
    assert violations(page) == []
    button(page, "Switch it off").click()
    expect(said(page, "nothing is ever stopped")).to_be_visible(timeout=30_000)
    assert not watchdog.state().guarded


@pytest.mark.slow
def test_who_opens_a_page_of_somebody_elses_has_nothing_run_there(
    browse: Any, shared_page: Callable[[str], str]
) -> None:
    page: Page = browse(shared_page(PANEL))
    expect(page.get_by_text("Whoever serves this page to you")).to_be_visible(timeout=WAIT)
    expect(row(page, "Processor")).to_be_visible()
    for label in ("Price per hour", "run", "Remind me that the machine is on"):
        expect(page.get_by_label(label, exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Arm the watchdog")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.usefixtures("no_watchdog")
def test_the_source_of_a_page_for_others_has_neither_the_price_nor_the_command(
    browse: Any, shared_page: Callable[[str], str]
) -> None:
    cost.set_rate("0.526 $")
    watchdog.arm(3600, "echo hidden-command")
    page: Page = browse(shared_page(PANEL))
    expect(page.get_by_text("Whoever serves this page to you").first).to_be_visible(timeout=WAIT)
    expect(row(page, "Processor")).to_be_visible()
    answer = page.request.get(page.url)
    assert answer.ok
    for source in (answer.text(), page.content()):
        assert "Whoever serves this page" in source
        for secret in ("hidden-command", "0.526", "since this machine started", "Guarded."):
            assert secret not in source


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["lab", "notebook"])
def test_a_cell_that_is_run_again_shows_one_panel_and_leaves_none_at_work(
    browse: Any, tmp_path: Path, kind: Kind
) -> None:
    count = "from coursekit.machine.sampler import sampler\nprint(len(sampler._subscriptions))"
    with jupyter(kind, tmp_path / "jupyter") as server:
        page = browse(server.notebook("machine", PANEL, count), height=1800)
        run_all(page, kind)
        for _ in range(3):
            expect(page.locator(".ck-spark").first).to_be_visible(timeout=WAIT)
            wait_for_end(page, 0)
            run_cell(page, 0)
        expect(page.locator(".ck-spark").first).to_be_visible(timeout=WAIT)
        run_cell_again(page, 1)
        assert outputs(page, 1) == ["1"]
        expect(page.get_by_role("heading", name="This machine")).to_have_count(1)
        for words in BROKEN:
            expect(page.get_by_text(words)).to_have_count(0)
