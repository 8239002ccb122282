"""The reminder in real pages: banner, title, notice, its buttons, and leaving the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect
from support_lab import Jupyter, jupyter, run_all
from support_pages import BROKEN, button, overflow, picture, violations

from coursekit.app.serve import Server

SHORT = """from coursekit.panels.reminder import model, reminder, watching
model.ReminderModel.after.min = 0
model.STEP, watching.EVERY = {step}, 0.5  # for minutes and seconds
reminder().on, reminder().after = True, {after}
"""
"""A reminder whose minutes are seconds; everything else of it is as always."""
PANELS = """from coursekit import LookUp, MachinePanel
display(MachinePanel())
LookUp()
"""
BANNERS = 2  # of the machine panel's first part, and of the look-up
MARK = "⏻ Still on: "
WAIT = 60_000
LISTENS = """
window.noticed = [];
const Real = window.Notification;
window.Notification = class extends Real {
  constructor(title, options) {
    super(title, options);
    noticed.push([title, options.tag]);
  }
};
"""


def cells(after: float, step: float) -> str:
    return SHORT.format(after=after, step=step) + PANELS


def short_page(cell_page: Callable[..., Server], after: float, step: float) -> Server:
    """Serves these; no Python gets ready for the next page, which would be a sign of life."""
    return cell_page(cells(after, step), preheat=0)


def opened(browse: Any, address: str, **size: int) -> Page:
    page: Page = browse(address, **size)
    page.get_by_role("heading", name="Look something up").wait_for(timeout=WAIT)
    return page


def banners(page: Page) -> Locator:
    return page.locator(".ck-reminder").filter(visible=True)


def first(page: Page) -> Locator:
    """The first banner, with what is in it."""
    return page.get_by_role("group", name="The machine is still on").first


def press(page: Page, name: str) -> None:
    first(page).get_by_role("button", name=name).click()


def line(page: Page) -> Locator:
    """What the machine panel says; the banners have their own."""
    return page.locator(".ck-said").filter(has_text="Nothing was done since")


@pytest.mark.slow
def test_it_grows_louder_and_i_am_still_here_takes_it_away(
    browse: Any, cell_page: Callable[..., Server], elsewhere: list[str]
) -> None:
    page = opened(browse, short_page(cell_page, after=6, step=6).address)
    button(page, "What holds memory\\?").click()  # Python was there before the page
    expect(banners(page)).to_have_count(0)
    title = page.title().removeprefix(MARK)
    expect(line(page)).to_be_visible()
    expect(banners(page)).to_have_count(0)
    expect(banners(page)).to_have_count(BANNERS)
    assert page.title() == title
    expect(first(page).get_by_role("status")).to_have_text(
        re.compile("^Nothing was done since .* docker stop .* does not stop the machine.$")
    )
    expect(first(page).get_by_role("button")).to_have_text(
        ["I am still here", "Remind me in 30 min", "I have shut it down"]
    )
    expect(page).to_have_title(MARK + title)
    press(page, "I am still here")
    expect(banners(page)).to_have_count(0)
    expect(page).to_have_title(title)
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)
    assert elsewhere == []


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_banner_fits_on_a_phone_and_axe_finds_nothing_wrong(
    browse: Any, cell_page: Callable[..., Server], theme: str
) -> None:
    address = short_page(cell_page, after=1, step=1).address
    page = opened(browse, f"{address}&theme={theme}", width=360, height=800)
    expect(page).to_have_title(re.compile(f"^{MARK}"))
    assert violations(page) == []
    assert overflow(page) <= 0
    press(page, "I have shut it down")
    expect(first(page).get_by_role("listitem")).to_be_visible()
    assert violations(page) == []


@pytest.mark.slow
def test_later_is_quiet_and_shut_down_lists_what_may_still_cost(
    browse: Any, cell_page: Callable[..., Server]
) -> None:
    page = opened(browse, short_page(cell_page, after=1, step=1).address)
    expect(page).to_have_title(re.compile(f"^{MARK}"))
    press(page, "I have shut it down")
    expect(first(page).get_by_role("status")).to_have_text(
        "Good. What may still cost (A container):"
    )
    expect(first(page).get_by_role("listitem")).to_have_text(["The machine that it runs on."])
    expect(button(first(page), "It still runs")).to_be_visible()
    expect(page).not_to_have_title(re.compile(MARK))
    page.wait_for_timeout(12_000)
    button(page, "What holds memory\\?").click()  # somebody goes on: it is not shut down
    expect(page).to_have_title(re.compile(f"^{MARK}"))
    press(page, "Remind me in 30 min")
    expect(banners(page)).to_have_count(0)
    page.wait_for_timeout(6_000)  # in which it would be loud again
    expect(banners(page)).to_have_count(0)
    expect(page).not_to_have_title(re.compile(MARK))


@pytest.mark.slow
@pytest.mark.parametrize("allowed", [True, False])
def test_a_notice_comes_only_where_the_browser_allows_them_already(
    browse: Any, cell_page: Callable[..., Server], allowed: bool
) -> None:
    server = short_page(cell_page, after=4, step=1)
    page = browse("about:blank")
    if allowed:
        origin = server.address.partition("?")[0].rstrip("/")
        page.context.grant_permissions(["notifications"], origin=origin)
    page.context.add_init_script(LISTENS)
    page.goto(server.address, wait_until="commit")
    expect(page).to_have_title(re.compile(f"^{MARK}"), timeout=WAIT)
    said = page.evaluate("noticed")
    one = ["coursekit: the machine is still on", "coursekit-reminder"]
    assert said == [one] * len(said)  # of one tag, so people see one
    assert bool(said) == allowed


def left(page: Page) -> list[str]:
    """Closes the page, says no to the question; returns the dialogs' kinds."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    other = page.context.new_page()
    page.bring_to_front()
    page.close(run_before_unload=True)
    for _ in range(300):
        if asked or page.is_closed():
            break
        other.wait_for_timeout(100)
    return asked


@pytest.mark.slow
def test_leaving_a_machine_with_a_price_asks_and_says_why(
    browse: Any, cell_page: Callable[..., Server]
) -> None:
    page = opened(browse, cell_page(PANELS).address)
    expect(page.get_by_label("Remind me that the machine is on")).not_to_be_checked()
    page.get_by_label("Price per hour").fill("0.526 $")
    button(page, "Keep it").click()
    expect(page.get_by_label("Remind me that the machine is on")).to_be_checked()
    expect(banners(page)).to_have_count(0)
    assert left(page) == ["beforeunload"]
    expect(banners(page)).to_have_count(BANNERS)
    expect(first(page).get_by_role("status")).to_have_text(
        re.compile("^Before you leave: .* docker stop")
    )
    picture(page, "machine-leaving-light")
    expect(banners(page)).to_have_count(0, timeout=WAIT)  # they stay for a while
    # Voila would have let go of the page's Python before the answer
    page.get_by_label("Price per hour").fill("1 EUR")
    button(page, "Keep it").click()
    expect(page.get_by_text(re.compile("EUR since this machine started"))).to_be_visible()


@pytest.mark.slow
def test_leaving_a_machine_that_costs_nothing_asks_nothing(
    browse: Any, cell_page: Callable[..., Server]
) -> None:
    page = opened(browse, cell_page(PANELS).address)
    page.get_by_label("Remind me that the machine is on").check()
    page.wait_for_timeout(6_000)  # in which the reminder looks
    assert left(page) == []
    assert page.is_closed()


@pytest.fixture(params=["lab", "notebook"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Jupyter]:
    with jupyter(request.param, tmp_path / "jupyter") as it:
        yield it


@pytest.mark.slow
def test_in_jupyter_the_banner_and_the_title_come_and_go(browse: Any, server: Jupyter) -> None:
    page = browse("about:blank")
    page.goto(server.notebook("machine", cells(after=6, step=2)))
    run_all(page, server.kind)
    expect(page.locator(".ck-spark").first).to_be_visible(timeout=WAIT)
    expect(banners(page)).to_have_count(BANNERS, timeout=WAIT)
    expect(page).to_have_title(re.compile(f"^{MARK}"))
    press(page, "I am still here")
    expect(banners(page)).to_have_count(0)
    expect(page).not_to_have_title(re.compile(MARK))
