"""What people do on the classifier's page, by the names that they see, and what it then shows."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Locator, Page
from support_pages import BYTES_OF

from coursekit.app.serve import PAGES, Server
from coursekit.panels.upload.model import jpeg
from coursekit.predict import decode

COUNT_ANSWERS = """() => {
  const line = document.querySelector(".ck-verdict .ck-said");
  let last = "";
  window.answers = 0;
  new MutationObserver(() => {
    if (line.textContent && line.textContent !== last) window.answers += 1;
    last = line.textContent;
  }).observe(line, { childList: true });
}"""


def opened(browse: Any, address: str, **size: int) -> Page:
    """The page, once its model is loaded."""
    page: Page = browse(address, **size)
    page.get_by_role("button", name="flower.jpg").wait_for(timeout=90_000)
    return page


def choose(page: Page, *files: Path) -> None:
    page.get_by_label("Choose pictures").set_input_files(list(files))


def verdict(page: Page, name: str) -> Locator:
    said = re.compile(rf"^{re.escape(name)}: ")
    return page.locator(".ck-verdict").get_by_role("status").filter(has_text=said)


def shown(page: Page, name: str) -> bytes:
    """The bytes of the picture that is shown under that name."""
    return b64decode(page.get_by_role("img", name=name, exact=True).evaluate(BYTES_OF))


def preview(file: Path) -> bytes:
    """What is to be shown of a small file."""
    return jpeg(decode(file.read_bytes(), file.name, 480))


def give(page: Page, event: str, name: str, data: bytes) -> None:
    """Drops or pastes a file."""
    page.evaluate(
        """([event, name, data]) => {
          const carried = new DataTransfer();
          const bytes = Uint8Array.from(atob(data), (it) => it.charCodeAt(0));
          carried.items.add(new File([bytes], name));
          const traits = { bubbles: true, cancelable: true };
          const drop = new DragEvent("drop", { ...traits, dataTransfer: carried });
          const paste = new ClipboardEvent("paste", { ...traits, clipboardData: carried });
          if (event === "drop") document.querySelector(".ck-uploader").dispatchEvent(drop);
          else document.body.dispatchEvent(paste);
        }""",
        [event, name, b64encode(data).decode()],
    )


@contextmanager
def served(code: str, models: Path, folder: Path) -> Iterator[Server]:
    """A page with other code in it."""
    notebook = nbformat.read(PAGES["classify"], as_version=4)
    notebook.cells[0].source = code
    nbformat.write(notebook, folder / "page.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSEKIT_HOME", str(models))
        with Server(folder, page=folder / "page.ipynb") as server:
            yield server
