"""Seconds from asking for the workbench to its first usable button. Argument: VISITS."""

import json
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from coursekit.app import browser
from coursekit.app.serve import Server

ARGUMENTS = ["--no-sandbox", *(flag for flag in browser.ARGUMENTS if "=" not in flag)]
seconds = []
with tempfile.TemporaryDirectory() as root, sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path=browser.find(), args=ARGUMENTS)
    for _ in range(int(sys.argv[1])):
        with Server(Path(root)) as server:
            time.sleep(10)  # the kernel that waits for its page is ready
            page = chromium.new_context().new_page()
            began = time.perf_counter()
            page.goto(server.address, wait_until="commit")
            button = page.get_by_role("button", name="Take the handwritten digits")
            button.wait_for(timeout=60_000)
            button.click(trial=True)
            seconds.append(time.perf_counter() - began)
            page.context.close()
    chromium.close()
print(json.dumps({"seconds": seconds}))
