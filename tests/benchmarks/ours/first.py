"""Seconds from Start to its first sign and to the first point, with features remembered.

In the page, on photos that were trained on before: once in the same page, once in a new one, whose
Python has only what is on the disk. Arguments: PHOTOS TIMES.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from coursekit.app import browser
from coursekit.app.serve import PAGES, Server

ARGUMENTS = ["--no-sandbox", *(flag for flag in browser.ARGUMENTS if "=" not in flag)]
START = """() => new Promise((done) => {
  const buttons = [...document.querySelectorAll("button")];
  const start = buttons.find((it) => /\\bStart$/.test(it.textContent));
  const quiet = () => [...document.querySelectorAll(".ck-said.ck-quiet")];
  const said = () => quiet().map((it) => it.textContent).join();
  const lines = () => [...document.querySelectorAll("path[data-line$='.train']")];
  const line = () => lines().at(-1)?.dataset ?? {};
  const before = { said: said(), line: line().line };
  const began = performance.now();
  let sign = 0;
  const look = () => {
    const seconds = (performance.now() - began) / 1000;
    if (!sign && said() !== before.said) sign = seconds;
    if (line().line !== before.line && line().points > 0) return done({ sign, point: seconds });
    requestAnimationFrame(look);
  };
  start.click();
  look();
})"""


def opened(server):
    """The page, ready to train on the photos."""
    page = chromium.new_context().new_page()
    page.goto(server.address)
    page.get_by_role("button", name="Choose a folder").click(timeout=60_000)
    page.get_by_label("Folders in it").select_option(photos.name)
    page.get_by_role("button", name="Take this folder").click()
    page.get_by_text("would have one label").wait_for()
    page.get_by_label("A photo's label is").select_option(index=1)
    page.get_by_text("450 photos of 3 classes").first.wait_for()
    page.get_by_text("on this machine.").wait_for(timeout=120_000)
    return page


def trained(page):
    """The figures of one training, from Start to its end."""
    figures = page.evaluate(START)
    page.locator(".ck-said.ck-quiet").filter(has_text="Finished").wait_for(timeout=300_000)
    page.wait_for_timeout(5_000)  # what was learned is ready, too
    return figures


photos = Path(sys.argv[1])
with Server(photos.parent, page=PAGES["train"]) as server, sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path=browser.find(), args=ARGUMENTS)
    first = trained(opened(server))
    same, new = [], []
    for _ in range(int(sys.argv[2])):
        page = opened(server)
        new.append(trained(page))
        same.append(trained(page))
        page.context.close()
    chromium.close()
print(json.dumps({"first": first, "same": same, "new": new}))
