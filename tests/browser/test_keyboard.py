"""The workbench by keys alone: whatever a mouse can do, Tab, arrows, Enter and Space can."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support_pages import button, closeup, line, opened, steps, verdict, wait_for_points

from coursekit.app.check import LAST
from coursekit.app.serve import PAGES, Server

ROUND = 80
"""Presses of Tab after which every control of the page was passed."""

NAMED = re.compile(r"""- '?([a-z]+ ".*?")""")
ICON = re.compile(r"[\ue000-\uf8ff]\s*")

# Not the shadow, which a button of ipywidgets has in any case. An input that lies unseen over its
# label shows the focus there.
SEEN = """(it) => [it, ...(it.labels ?? [])].some((shown) => {
  const { outlineStyle, outlineWidth, opacity } = getComputedStyle(shown);
  return outlineStyle !== "none" && parseFloat(outlineWidth) > 0 && opacity > 0;
})"""
# A control that was switched off loses the focus when the page is drawn next.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def focused(page: Page) -> str:
    """Role and name of what has the focus, as a screen reader has them; "" where nothing has."""
    page.evaluate(DRAWN)
    there = page.locator(":focus")
    if not there.count():
        return ""
    heard = re.match(NAMED, there.aria_snapshot())
    return ICON.sub("", heard[1]) if heard else str(there.text_content()).strip()


@dataclass
class Keys:
    """A keyboard, and what was found wrong under it.

    Attributes:
        unseen: What had the focus and did not show it.
        lost: What was pressed and left nothing with the focus.
    """

    page: Page
    unseen: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def tab_to(self, role: str, name: str, back: bool = False) -> None:
        """Presses Tab until this has the focus."""
        wanted, passed = f'{role} "{name}"', []
        for _ in range(ROUND):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            passed.append(focused(self.page))
            if passed[-1] == wanted:
                self.look()
                return
        pytest.fail(f"Tab does not come to {wanted}. It passed: {', '.join(passed)}.")

    def look(self) -> None:
        """Notes a control whose focus cannot be seen."""
        there = self.page.locator(":focus")
        if not there.evaluate(SEEN):
            self.unseen.append(focused(self.page))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def enter(self, name: str, then: str) -> None:
        """Goes to a button of the monitor and presses it, then waits until another can be used."""
        expect(button(self.page, name)).to_be_enabled(timeout=60_000)
        self.tab_to("button", name)
        self.press("Enter")
        expect(button(self.page, then)).to_be_enabled(timeout=60_000)
        self.keeps_focus(name)

    def keeps_focus(self, pressed: str) -> None:
        """Notes where nothing has the focus now."""
        if not focused(self.page):
            self.lost.append(pressed)


@pytest.mark.slow
def test_the_keyboard_alone_plays_the_whole_workbench(
    browse: Any, digits_page: Server, some_digits: Path
) -> None:
    page = opened(browse, digits_page.address)
    page.on("filechooser", lambda _: None)  # or the first key may come before Playwright listens
    keys = Keys(page)
    choose_by_keys(keys)
    change_choices(keys)
    train_by_keys(keys)
    label_by_keys(keys, some_digits / "a 3.png")
    assert (keys.lost, keys.unseen) == ([], [])


def choose_by_keys(keys: Keys) -> None:
    keys.tab_to("button", "Choose a folder")
    keys.press("Enter")
    expect(keys.page.get_by_label("Folders in it")).to_be_visible()
    keys.keeps_focus("Choose a folder")
    keys.tab_to("listbox", "Folders in it", back=True)
    keys.press("ArrowDown")
    above = keys.page.get_by_label("Folder", exact=True).locator("option:checked")
    expect(above).to_have_text(re.compile("digits$"))
    keys.tab_to("button", "Take this folder")
    keys.press("Space")
    keys.page.get_by_text("180 photos of 3 classes in digits").first.wait_for()
    keys.keeps_focus("Take this folder")


def change_choices(keys: Keys) -> None:
    """Two epochs of the head, slowly; backwards, too."""
    keys.tab_to("combobox", "How much learns")
    keys.press("ArrowDown")
    keys.tab_to("spinbutton", "Epochs", back=True)
    keys.press("Control+A", "2")
    keys.tab_to("combobox", "Speed")
    keys.press("ArrowDown", "ArrowDown")
    depth = keys.page.get_by_label("How much learns").locator("option:checked")
    expect(depth).to_have_text("the head only: seconds")
    speed = keys.page.get_by_label("Speed").locator("option:checked")
    expect(speed).to_have_text("10 steps a second")


def train_by_keys(keys: Keys) -> None:
    page = keys.page
    keys.enter("Start", then="Pause")
    wait_for_points(page, 1)
    keys.enter("Pause", then="Resume")
    expect(line(page, "^Paused in")).to_be_visible()
    keys.enter("Step", then="Resume")
    number = closeup(page)
    assert steps(page) == number
    keys.enter("Resume", then="Pause")
    wait_for_points(page, number + 1)
    keys.enter("Stop", then="Resume")
    expect(line(page, "^Stopped in")).to_be_visible()
    stopped = steps(page)
    keys.enter("Resume", then="Pause")
    wait_for_points(page, stopped + 1)
    keys.tab_to("combobox", "Speed")
    keys.press("ArrowUp", "ArrowUp")
    expect(line(page, "^Finished after 30 passes")).to_be_visible(timeout=120_000)
    page.get_by_text("Answers come from the model trained on").wait_for(timeout=60_000)


def label_by_keys(keys: Keys, digit: Path) -> None:
    page = keys.page
    keys.tab_to("button", "Choose pictures")
    with page.expect_file_chooser() as chooser:
        keys.press("Enter")
    chooser.value.set_files(digit)
    expect(verdict(page, r"^a 3\.png: 3 \(")).to_be_visible()
    keys.tab_to("slider", "Heatmap")
    keys.press("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight")
    expect(page.get_by_text("52 %", exact=True)).to_be_visible()
    group = page.get_by_role("group", name="Or try one of these")
    example = group.get_by_role("button").first.inner_text()
    keys.tab_to("button", example)
    keys.press("Space")
    expect(verdict(page, rf"^{re.escape(example)}: ")).to_be_visible()
    keys.keeps_focus(example)
    keys.tab_to("button", "Clear")
    keys.press("Enter")
    expect(verdict(page, rf"^{re.escape(example)}: ")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo clear")).to_be_visible()
    keys.keeps_focus("Clear")


def tab_stops(page: Page) -> Iterator[str]:
    """All that Tab comes to, from the beginning of the page to its end."""
    for _ in range(ROUND):
        page.keyboard.press("Tab")
        if not (name := focused(page)):
            return
        yield name
    pytest.fail("Tab does not come to the end of the page.")


@pytest.mark.parametrize(("name", "heading"), LAST.items())
def test_every_control_that_tab_comes_to_shows_it_in_either_theme(
    browse: Any, some_digits: Path, name: str, heading: str
) -> None:
    with Server(some_digits, page=PAGES[name], preheat=0) as server:
        for theme in ("light", "dark"):
            page = opened(browse, f"{server.address}&theme={theme}", heading)
            if "picture" in heading:  # else what loads meanwhile would come and go under the keys
                page.get_by_role("button", name="flower.jpg").wait_for(timeout=90_000)
            keys = Keys(page)
            passed = []
            for control in tab_stops(page):
                passed.append(control)
                keys.look()
            assert len(passed) >= 4
            assert keys.unseen == [], theme
