"""A real browser on the real server; whatever asks another host is noted and refused."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocket, expect, sync_playwright
from support_challenge import trained_on_pets  # noqa: F401

from coursekit.app import browser as browsers
from coursekit.app.serve import HOST, PAGES, WORKBENCH, Server
from coursekit.data.catalogue import URLs
from coursekit.data.download import untar_data

ARGUMENTS = ["--no-sandbox", *(flag for flag in browsers.ARGUMENTS if "=" not in flag)]
ARGUMENTS.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
Open = Callable[..., Page]

expect.set_options(timeout=20_000)  # a machine that does much beside the tests is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = browsers.find()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("No Chrome or Chromium was found, and CI needs one.")
        pytest.skip("needs Chrome or Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def elsewhere() -> list[str]:
    """The addresses on other hosts that a page asked for."""
    return []


@pytest.fixture
def browse(chromium: Browser, elsewhere: list[str]) -> Iterator[Open]:
    """Opens an address in a fresh browser; `width` and `height` in pixels."""
    contexts = []

    def route(it: Route) -> None:
        if it.request.url.startswith("http://127.0.0.1:"):
            it.continue_()
        else:
            elsewhere.append(it.request.url)
            it.abort()

    def note(it: WebSocket) -> None:  # the resolver refuses it; no route hears of it
        if not it.url.startswith("ws://127.0.0.1:"):
            elsewhere.append(it.url)

    def browse(address: str, width: int = 1280, height: int = 900) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        context.route(lambda url: url.startswith("http"), route)
        page = context.new_page()
        page.on("websocket", note)
        page.goto(address, wait_until="commit")
        return page

    yield browse
    for context in contexts:
        context.close()


@pytest.fixture
def cell_page(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Serves a page of one cell; `root` is what it may read, default: a folder of the test's.

    `options` are the server's, such as its `host`.
    """
    with ExitStack() as servers:

        def serve(code: str, root: Path = tmp_path, **options: Any) -> Server:
            notebook = json.loads(PAGES["classify"].read_text())
            notebook["cells"][0]["source"] = code
            page = tmp_path / "cell.ipynb"
            page.write_text(json.dumps(notebook))
            return servers.enter_context(Server(root, page=page, **options))

        yield serve


@pytest.fixture
def shared_page(cell_page: Callable[..., Server]) -> Callable[[str], str]:
    """Serves a page of one cell to all that can reach this machine, and says its address."""

    def serve(code: str) -> str:
        server = cell_page(code, host="0.0.0.0", token="secret")
        return f"http://{HOST}:{server.port}/?token={server.token}"

    return serve


@pytest.fixture
def workbench(pets: Path) -> Iterator[Server]:
    """The workbench, allowed to read the sample data and nothing above it."""
    with Server(pets.parent.parent) as server:
        yield server


@pytest.fixture
def some_digits(tmp_path: Path) -> Path:
    """Sixty handwritten digits of each of three kinds in class folders, and a 3 beside them."""
    digits = untar_data(URLs.DIGITS, progress=False) / "train"
    for kind in "378":
        first, *others = sorted((digits / kind).iterdir())[:61]
        (tmp_path / "digits" / kind).mkdir(parents=True)
        for file in others:
            shutil.copy(file, tmp_path / "digits" / kind)
        shutil.copy(first, tmp_path / f"a {kind}.png")
    return tmp_path


@pytest.fixture
def digits_page(some_digits: Path) -> Iterator[Server]:
    with Server(some_digits) as server:
        yield server


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder for the classifier's tests together, so that the general model is made once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def classify(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The classifier's page. Each that is opened has its own Python, which ends soon after it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSEKIT_HOME", str(models))
        folder = tmp_path_factory.mktemp("classify")
        with Server(folder, page=PAGES["classify"], cull_after=30) as server:
            yield server


@pytest.fixture
def classify_alone(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """The classifier's page at a server whose kernels are this test's."""
    monkeypatch.setenv("COURSEKIT_HOME", str(models))
    with Server(tmp_path, page=PAGES["classify"]) as server:
        yield server


@pytest.fixture
def dying_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page, with a kernel that ends as soon as it is started."""
    spec = tmp_path / "share" / "kernels" / "coursekit-dead" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text('{"argv": ["python", "-c", "raise SystemExit(1)"], "display_name": "dead"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    page = tmp_path / "page.ipynb"
    text = WORKBENCH.read_text().replace('"name": "coursekit"', '"name": "coursekit-dead"')
    page.write_text(text)
    return page
