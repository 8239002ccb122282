"""What a kernel records once it has shown a panel: cells and clicks."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support_kernel import FrontEnd, kernel


@pytest.fixture
def front(home: Path) -> Iterator[FrontEnd]:
    with kernel(os.environ | {"COURSEKIT_HOME": str(home)}) as it:
        yield it


def recorded(home: Path) -> dict[str, Any]:
    files = list((home / "state").glob("activity-*.json"))
    return json.loads(files[0].read_text()) if files else {}


def test_cells_and_clicks_count_from_the_first_panel_on(front: FrontEnd, home: Path) -> None:
    front.run("import coursekit")
    assert recorded(home) == {}
    front.run("panel = coursekit.ImageClassifier(); display(panel); display(panel)")
    time.sleep(1.1)  # it is written once a second at most
    before = time.time()
    front.run("1 + 1")
    assert before <= recorded(home)["cell"] <= time.time()
    assert recorded(home)["kernel"] in front.run(
        "from ipykernel.connect import get_connection_file; print(get_connection_file())"
    )
    callbacks = "get_ipython().events.callbacks['post_execute']"
    assert front.run(f"print(sum('_note' in str(it) for it in {callbacks}))") == "1\n"
    front.run("from ipywidgets import Button; button = Button(description='Click'); button")
    time.sleep(1.1)
    before = time.time()
    front.click("Click")
    front.wait(lambda: recorded(home)["cell"] >= before, "the click")


def test_a_script_that_shows_a_panel_records_nothing(home: Path) -> None:
    from coursekit.panels.cells import note_cells

    note_cells()
    assert recorded(home) == {}


def test_a_kernel_without_a_connection_file_records_its_cells_and_claims_no_more(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coursekit.panels import cells

    heard: list[Any] = []
    shell = SimpleNamespace(
        kernel=object(), events=SimpleNamespace(register=lambda *it: heard.append(it))
    )
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    cells.note_cells()
    ((event, note),) = heard
    assert event == "post_execute"
    note()
    assert "kernel" not in recorded(home)
