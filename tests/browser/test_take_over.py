"""A page whose old Python dies while it takes the training over."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import expect
from support_pages import choose_digits, click, line, opened, set_epochs, steps, wait_for_points

from coursekit.app.serve import Server
from coursekit.panels.training import saved


def run_folder() -> Path:
    (folder,) = (Path(os.environ["COURSEKIT_HOME"]) / "runs").iterdir()
    return folder


def at_work(server: Server, folder: Path) -> psutil.Process:
    """The Python that holds the run's lock."""
    lock = str(folder / "run.lock")
    found = []
    for it in psutil.Process(server.process.pid).children(recursive=True):
        with suppress(psutil.Error):  # it ended meanwhile
            found += [it for file in it.open_files() if file.path == lock]
    assert len({it.pid for it in found}) == 1
    return found[0]


@pytest.mark.slow
def test_where_the_old_python_dies_meanwhile_it_goes_on_from_the_checkpoint(
    browse: Any, digits_page: Server
) -> None:
    page = opened(browse, digits_page.address)
    choose_digits(page)
    set_epochs(page, 50)
    page.get_by_label("Speed").select_option(label="10 steps a second")
    click(page, "Start")
    wait_for_points(page, 12)
    click(page, "Pause")  # what is paused has a checkpoint of every step
    expect(line(page, "^Paused in")).to_be_visible()
    before, folder = steps(page), run_folder()
    old = at_work(digits_page, folder)
    os.kill(old.pid, signal.SIGSTOP)  # it can't answer
    page.reload()
    expect(line(page, "^Taking over")).to_be_visible(timeout=60_000)
    os.kill(old.pid, signal.SIGKILL)
    wait_for_points(page, before + 5)
    assert at_work(digits_page, folder).pid != old.pid
    click(page, "Stop")
    expect(line(page, "^Stopped in")).to_be_visible()
    assert len(saved.kept(folder).losses) >= before + 5
