"""The browser's own notice at the end of a training."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support_pages import choose_digits, click, line, opened

from coursekit.app.serve import Server

LISTENS = """
window.noticed = [];
const Real = window.Notification;
window.Notification = class extends Real {
  constructor(title, options) {
    super(title, options);
    this.addEventListener("show", () => noticed.push(`${title}: ${options.body}`));
    this.addEventListener("error", () => noticed.push("refused"));
  }
};
"""
AWAY = 'Object.defineProperty(document, "hidden", { get: () => true, configurable: true })'
BOX = "Tell me when it ends, if I look elsewhere"


def trained(page: Page, wanted: bool, away: bool) -> list[str]:
    """The notices of a training, real ones that the browser was allowed to show."""
    choose_digits(page)
    if wanted:
        page.get_by_role("radio", name="Keep: model").check()
        page.get_by_label(BOX).check()
        expect(page.get_by_label(BOX)).to_be_checked()
    if away:
        page.evaluate(AWAY)
    click(page, "Start")
    expect(line(page, "^Finished")).to_be_visible(timeout=90_000)
    page.get_by_text("Answers come from the model trained on").wait_for(timeout=60_000)
    if wanted and away:
        page.wait_for_function("noticed.length")
    page.wait_for_timeout(1_000)  # a notice that is not wanted would come now
    found: list[str] = page.evaluate("noticed")
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("wanted", "away"), [(True, True), (True, False), (False, True)])
def test_a_notice_comes_only_where_it_is_wanted_and_nobody_looks_with_hidden_faked(
    browse: Any, digits_page: Server, wanted: bool, away: bool
) -> None:
    page = browse("about:blank")
    origin = digits_page.address.partition("?")[0].rstrip("/")
    page.context.grant_permissions(["notifications"], origin=origin)
    page.context.add_init_script(LISTENS)
    page.goto(digits_page.address, wait_until="commit")
    page.get_by_role("heading", name="3. Try a picture").wait_for(timeout=60_000)
    found = trained(page, wanted, away)
    assert len(found) == (wanted and away)
    assert all(it.startswith("coursekit: Finished after") for it in found)


@pytest.mark.slow
def test_a_browser_that_allows_no_notices_is_told_so(browse: Any, digits_page: Server) -> None:
    page = opened(browse, digits_page.address)
    page.evaluate('Notification.requestPermission = async () => "denied"')
    page.get_by_label(BOX).click()
    expect(page.get_by_text("does not allow notices")).to_be_visible()
    expect(page.get_by_label(BOX)).not_to_be_checked()
