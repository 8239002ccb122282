"""JupyterLab and Notebook with folders of their own, and what people do in them."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NeverCame
from support_jupyter import end

from coursekit.app.serve import transport
from coursekit.data.catalogue import URLs
from coursekit.data.download import untar_data

Kind = Literal["lab", "notebook"]
STARTS = 60  # seconds
SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false"},
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}


@dataclass
class Jupyter:
    """A server that runs.

    Attributes:
        kind: Whose pages it serves.
        address: Where, without a path.
        token: Opens it.
        folder: Its notebooks lie there.
    """

    kind: Kind
    address: str
    token: str
    folder: Path

    def notebook(self, name: str, *cells: str) -> str:
        """Writes a notebook of these cells; returns its address."""
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(it) for it in cells])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(book, self.folder / f"{name}.ipynb")
        path = f"lab/tree/{name}.ipynb?reset&" if self.kind == "lab" else f"notebooks/{name}.ipynb?"
        return f"{self.address}/{path}token={self.token}"

    def saved(self, name: str) -> Any:
        """The notebook as it is on the disk."""
        return nbformat.read(self.folder / f"{name}.ipynb", as_version=4)


@contextmanager
def jupyter(
    kind: Kind, folder: Path, theme: str = "JupyterLab Light", **environment: str
) -> Iterator[Jupyter]:
    """A server in an empty folder; it and its kernels are gone afterwards."""
    token, root, log = secrets.token_hex(16), folder / "root", folder / "log"
    (folder / "runtime").mkdir(parents=True)
    root.mkdir()
    with short_path_to(folder / "runtime") as runtime:
        env = os.environ | environment | places(folder, theme)
        env |= {"JUPYTER_TOKEN": token, "JUPYTER_RUNTIME_DIR": str(runtime)}
        options = ["--allow-root", "--no-browser", "--ip=127.0.0.1", "--port=0"]
        options += [f"--ServerApp.root_dir={root}"]
        options += [f"--KernelManager.transport={transport(tempfile.gettempdir())}"]
        with log.open("wb") as words:
            server = subprocess.Popen(
                [sys.executable, "-m", "jupyter", kind, *options],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Jupyter(kind, address_of(server, runtime, token, log), token, root)
        finally:
            end(server)


def places(folder: Path, theme: str) -> dict[str, str]:
    """Makes the folders in which a server keeps things; they are told to it by these names."""
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "spaces",
    }
    for name in names.values():
        (folder / name).mkdir()
    themes = {"@jupyterlab/apputils-extension/themes": {"theme": theme}}
    for name, values in (SETTINGS | themes).items():
        file = folder / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    return {variable: str(folder / name) for variable, name in names.items()}


@contextmanager
def short_path_to(folder: Path) -> Iterator[Path]:
    """A path to a folder that is short enough for the socket files of kernels in it.

    Their ports would be drawn a second before they take them; a browser may be given one meanwhile.
    """
    with tempfile.TemporaryDirectory() as place:
        (path := Path(place, "r")).symlink_to(folder)
        yield path


def address_of(server: subprocess.Popen[bytes], runtime: Path, token: str, log: Path) -> str:
    """Where the server is, at a port that it chose itself; waits until it answers there."""
    end = time.monotonic() + STARTS
    while True:
        try:
            for file in runtime.glob("jpserver-*.json"):
                address = str(json.loads(file.read_text())["url"]).rstrip("/")
                with urllib.request.urlopen(f"{address}/api/status?token={token}", timeout=5):
                    return address
        except (OSError, ValueError):  # half written, or it doesn't answer yet
            pass
        late = server.poll() is not None or time.monotonic() > end
        assert not late, log.read_text()[-2000:]
        time.sleep(0.1)


def wait_for_kernel(page: Page, kind: Kind) -> None:
    """Waits until the notebook's kernel takes cells."""
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=STARTS * 1000)
    # while it says "No Kernel", Run All asks which kernel is to run
    name = page.get_by_text("Python 3 (ipykernel)").filter(visible=True)
    name.first.wait_for(timeout=STARTS * 1000)
    if kind == "lab":
        idle = page.locator(".jp-StatusBar-Widget, #jp-bottom-panel").filter(has_text="| Idle")
        idle.first.wait_for(timeout=STARTS * 1000)


def run_all(page: Page, kind: Kind) -> None:
    """Runs all cells; asks again until one has begun, as the first time may be lost."""
    wait_for_kernel(page, kind)
    begun = page.locator(".jp-InputPrompt").filter(has_text=re.compile(r"\[[\d*]"))
    for _ in range(10):
        choose_from_menu(page, "Run", "Run All Cells")
        try:
            begun.first.wait_for(timeout=2_000)
        except NeverCame:
            continue
        return
    raise AssertionError("No cell would begin.")


def choose_from_menu(page: Page, menu: str, item: str) -> None:
    page.locator(".lm-MenuBar-itemLabel").get_by_text(menu, exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()


def cell(page: Page, number: int) -> Locator:
    """A cell, from 0."""
    return page.locator(".jp-Notebook .jp-CodeCell").nth(number)


def run_cell(page: Page, number: int) -> None:
    """Runs one cell without waiting for its end."""
    editor = cell(page, number).locator(".jp-InputArea .cm-content")
    editor.scroll_into_view_if_needed()
    editor.click()
    page.keyboard.press("Control+Enter")


def run_cell_again(page: Page, number: int) -> None:
    """Runs one cell that was run before, and waits for its end."""
    wait_for_end(page, number)
    prompt = cell(page, number).locator(".jp-InputPrompt")
    before = prompt.inner_text()
    run_cell(page, number)
    expect(prompt).not_to_have_text(before)
    wait_for_end(page, number)


def wait_for_end(page: Page, number: int) -> None:
    """Waits until a cell that was run has ended."""
    prompt = cell(page, number).locator(".jp-InputPrompt")
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=60_000)


def outputs(page: Page, number: int) -> list[str]:
    """The text of each of a cell's outputs, without those that are widgets."""
    there = cell(page, number).locator(".jp-OutputArea-output")
    plain = there.filter(has_not=page.locator(".jupyter-widgets"))
    return [it.strip() for it in plain.all_inner_texts() if it.strip()]


def save(page: Page) -> None:
    """Saves the notebook and waits until it is on the disk."""
    with page.expect_response(
        lambda it: it.request.method == "PUT" and "/api/contents/" in it.url
    ) as answer:
        page.keyboard.press("Control+s")
    assert answer.value.ok


def some_digits(folder: Path, each: int = 60) -> Path:
    """So many handwritten digits of three kinds in class folders; a 3 that is not among them."""
    digits = untar_data(URLs.DIGITS, progress=False) / "train"
    for kind in "378":
        (folder / kind).mkdir(parents=True)
        for file in sorted((digits / kind).iterdir())[1 : each + 1]:
            shutil.copy(file, folder / kind)
    return min((digits / "3").iterdir())
