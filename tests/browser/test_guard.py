"""The watchdog in real pages: its countdown, what cancels that, and that it has died."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support_lab import jupyter, run_all, run_cell_again
from support_pages import BROKEN, overflow, picture, violations
from support_watchdog import kept, sees_only_the_test

from coursekit.app.serve import Server
from coursekit.core import paths
from coursekit.machine import watchdog
from coursekit.machine.watchdog.standing import lock

PANELS = "from coursekit import LookUp, MachinePanel\ndisplay(MachinePanel())\nLookUp()"
BANNERS = 2  # of the machine panel's first part, and of the look-up
SOON, REHEARSAL, STILL = "⏻ Acts soon: ", "⏻ Rehearsal: ", "⏻ Still on: "
RUNS = "The watchdog is about to run its command"
WAIT = 60_000

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing else on this machine is a sign of life, and no watchdog is left behind."""
    sees_only_the_test(monkeypatch, tmp_path / "jupyter")
    yield
    watchdog.off()


@pytest.fixture(params=["voila", "lab", "notebook"])
def page(
    request: pytest.FixtureRequest,
    browse: Any,
    cell_page: Callable[..., Server],
    tmp_path: Path,
) -> Iterator[Page]:
    """Two panels; on a machine of one's own, so that nothing reminds."""
    if request.param == "voila":  # Python that gets ready for the next page is a sign of life
        yield ready(browse(cell_page(PANELS, preheat=0).address))
        return
    with jupyter(request.param, tmp_path / "jupyter") as server:
        made = browse(server.notebook("machine", PANELS), height=1400)
        run_all(made, server.kind)
        yield ready(made)


@contextmanager
def played(seconds: float, **orders: Any) -> Iterator[None]:
    """A countdown as a watchdog tells it, played, where only the page is in question.

    Its lock is held and its state is written as the watchdog itself does both, but nobody waits for
    its time. At the end it is as if it had been killed.
    """
    deadline, over = time.monotonic() + seconds, Event()

    def tell() -> None:
        kept(phase="countdown", deadline=deadline, id="played", dry_run=True, **orders)

    def go_on() -> None:
        while not over.wait(4):
            tell()

    paths.folder("state")
    with lock():
        tell()
        teller = Thread(target=go_on)
        teller.start()
        try:
            yield
        finally:
            over.set()
            teller.join()


def ready(page: Page) -> Page:
    page.get_by_role("heading", name="Look something up").wait_for(timeout=WAIT)
    return page


def banners(page: Page) -> Locator:
    return page.locator(".ck-reminder").filter(visible=True)


def timers(page: Page) -> Locator:
    return page.get_by_role("timer").filter(visible=True)


def guard(page: Page, words: str) -> Locator:
    """What the machine panel says of the watchdog."""
    return page.locator(".ck-said").filter(has_text=re.compile(words))


def seconds(shown: str) -> int:
    """What a timer shows."""
    minutes, rest = shown.removeprefix("Time left: ").split(":")
    return 60 * int(minutes) + int(rest)


def test_a_countdown_is_in_every_panel_and_the_title_and_i_am_still_here_ends_it(
    page: Page, tmp_path: Path, elsewhere: list[str]
) -> None:
    title = page.title()
    watchdog.arm(40, f"touch {tmp_path}/acted")  # it counts down for 20 s
    expect(guard(page, "^Guarded. ")).to_be_visible(timeout=WAIT)
    expect(banners(page)).to_have_count(0)
    expect(timers(page)).to_have_count(0)
    expect(banners(page)).to_have_count(BANNERS, timeout=WAIT)
    expect(timers(page)).to_have_count(BANNERS + 1)
    expect(guard(page, "^Soon the watchdog runs `touch")).to_be_visible()
    shown = timers(page).first.inner_text()
    expect(timers(page).first).not_to_have_text(shown)
    assert seconds(timers(page).first.inner_text()) < seconds(shown)
    banner = page.get_by_role("group", name=RUNS).first
    expect(banner.get_by_role("status")).to_contain_text("Whatever you do now puts that off.")
    expect(page).to_have_title(re.compile(f"^{SOON}"))
    banner.get_by_role("button", name="I am still here").click()
    expect(banners(page)).to_have_count(0)
    expect(timers(page)).to_have_count(0)
    expect(guard(page, "^Guarded. .* The last sign")).to_be_visible()
    assert watchdog.state().phase == "guarding"
    expect(page).to_have_title(title)
    # and then nobody does anything more
    expect(banners(page)).to_have_count(BANNERS, timeout=WAIT)
    expect(guard(page, "^Not guarded any more. .* ended well")).to_be_visible(timeout=WAIT)
    expect(banners(page)).to_have_count(0)
    assert (tmp_path / "acted").exists()
    for words in BROKEN:
        expect(page.get_by_text(words)).to_have_count(0)
    assert elsewhere == []


def test_a_key_typed_anywhere_on_the_page_puts_a_countdown_off(page: Page, tmp_path: Path) -> None:
    watchdog.arm(40, f"touch {tmp_path}/acted")
    expect(banners(page)).to_have_count(BANNERS, timeout=WAIT)
    page.keyboard.press("ArrowDown")
    expect(banners(page)).to_have_count(0)
    expect(guard(page, "^Guarded. .* The last sign")).to_be_visible()
    assert watchdog.state().phase == "guarding"


def test_what_nothing_puts_off_is_switched_off_and_there_is_no_other_button(
    page: Page, tmp_path: Path
) -> None:
    watchdog.arm(3600, f"touch {tmp_path}/acted", most=40)
    expect(banners(page)).to_have_count(BANNERS, timeout=WAIT)
    banner = page.get_by_role("group", name=RUNS).first
    expect(banner.get_by_role("status")).to_contain_text("Nothing puts that off;")
    expect(banner.get_by_role("button")).to_have_text(["Switch it off"])
    banner.get_by_role("button").click()
    expect(banners(page)).to_have_count(0)
    expect(guard(page, "nothing is ever stopped")).to_be_visible()
    assert watchdog.state().phase == "off"
    assert not (tmp_path / "acted").exists()


def test_one_that_was_killed_is_lost_in_every_panel_until_somebody_has_read_that(
    page: Page,
) -> None:
    watchdog.arm(3600, "echo idle")
    expect(guard(page, "^Guarded. ")).to_be_visible(timeout=WAIT)
    os.kill(watchdog.state().pid, signal.SIGKILL)
    expect(banners(page)).to_have_count(BANNERS)
    banner = page.get_by_role("group", name="The machine is not guarded any more").first
    expect(banner.get_by_role("status")).to_have_text(re.compile("^Not guarded. It was ended from"))
    expect(guard(page, "^Not guarded. It was ended")).to_be_visible()
    expect(page).to_have_title(re.compile(f"^{STILL}"))
    banner.get_by_role("button", name="I have read it").click()
    expect(banners(page)).to_have_count(0)
    expect(guard(page, "^Not guarded. It was ended")).to_be_visible()
    expect(page.get_by_role("button", name="Arm the watchdog")).to_be_visible()
    expect(page).not_to_have_title(re.compile(STILL))


def test_a_browser_whose_clock_is_wrong_counts_right_on_a_page_that_is_opened_later(
    browse: Any, cell_page: Callable[..., Server]
) -> None:
    page = browse("about:blank")
    page.add_init_script("const now = Date.now; Date.now = () => now() + 45_000;")
    page.goto(cell_page(PANELS).address)
    ready(page)
    with played(600):
        for _ in range(2):
            expect(timers(page)).to_have_count(BANNERS + 1, timeout=WAIT)
            left = watchdog.state().left()
            assert left is not None
            assert abs(seconds(timers(page).first.inner_text()) - left) <= 15
            page.wait_for_timeout(3_000)
            page.reload()
            ready(page)


def test_a_panel_that_another_cell_shows_later_counts_as_the_first(
    browse: Any, tmp_path: Path
) -> None:
    with jupyter("lab", tmp_path / "jupyter") as server:
        made = "from coursekit import MachinePanel\npanel = MachinePanel()\npanel"
        page = browse(server.notebook("machine", made, "panel"), height=1800)
        run_all(page, "lab")
        expect(guard(page, "nothing is ever stopped")).to_have_count(2, timeout=WAIT)
        with played(600, latest=True, most=3600.0):
            expect(timers(page)).to_have_count(4, timeout=WAIT)
            page.wait_for_timeout(5_000)
            run_cell_again(page, 1)
            expect(timers(page)).to_have_count(4)
            shown = [seconds(it) for it in timers(page).all_inner_texts()]
        assert max(shown) - min(shown) <= 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_countdown_and_loss_fit_on_a_phone_and_axe_finds_nothing_wrong(
    browse: Any, cell_page: Callable[..., Server], theme: str
) -> None:
    page = ready(browse(f"{cell_page(PANELS).address}&theme={theme}"))
    with played(120, command="sudo poweroff"):
        expect(banners(page)).to_have_count(BANNERS, timeout=WAIT)
        expect(page.get_by_role("group", name="The watchdog only rehearses").first).to_be_visible()
        expect(page).to_have_title(re.compile(f"^{REHEARSAL}"))
        picture(page, f"machine-countdown-{theme}")
        assert violations(page) == []
        page.set_viewport_size({"width": 360, "height": 800})
        assert overflow(page) <= 0
        assert violations(page) == []
    expect(page.get_by_role("button", name="I have read it").first).to_be_visible()
    assert overflow(page) <= 0
    assert violations(page) == []
