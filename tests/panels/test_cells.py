"""What a kernel records once it has shown a panel: cells and clicks."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support_jupyter import until
from support_kernel import FrontEnd, kernel

from coursekit.core import executing, paths

SHOWN = "import coursekit, time; display(coursekit.ImageClassifier())"

GATE = """
import asyncio, os, time
from pathlib import Path

gate = Path(os.environ["COURSEKIT_HOME"], "gate")

def wait():
    while not gate.exists():
        time.sleep(0.02)
    gate.unlink()

async def awaited():
    while not gate.exists():
        await asyncio.sleep(0.02)
    gate.unlink()
"""
"""What holds a cell until the test opens the gate."""


@contextmanager
def gated(home: Path) -> Iterator[FrontEnd]:
    with kernel(os.environ | {"COURSEKIT_HOME": str(home)}) as it:
        it.run(GATE)
        yield it


@pytest.fixture
def front(home: Path) -> Iterator[FrontEnd]:
    """A kernel that has shown no panel."""
    with gated(home) as it:
        yield it


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, FrontEnd]]:
    home = tmp_path_factory.mktemp("home")
    with gated(home) as it:
        it.run(SHOWN)
        yield home, it


@pytest.fixture
def shown(old: tuple[Path, FrontEnd], monkeypatch: pytest.MonkeyPatch) -> FrontEnd:
    """The kernel of all tests that need one that has shown a panel."""
    monkeypatch.setenv("COURSEKIT_HOME", str(old[0]))
    return old[1]


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


NEXT = "print(1, flush=True); wait()"


def open_gate() -> None:
    (paths.home() / "gate").touch()


def at_work(front: FrontEnd, code: str) -> str:
    """A cell that has printed something and goes on; its message."""
    cell = front.send(code)
    front.wait(lambda: front.printed(cell), code)
    return cell


def is_seen_while_it_runs(front: FrontEnd, code: str) -> None:
    """And no longer at its end."""
    assert not executing.runs()
    cell = at_work(front, code)
    try:
        assert executing.runs()
        assert cell not in front.ended
    finally:
        open_gate()
        front.wait(lambda: cell in front.ended, "its end")
    assert not executing.runs()


@pytest.mark.parametrize(
    "code",
    [
        NEXT,
        "get_ipython().run_cell('1 + 1'); print(1, flush=True); wait()",
        "print(1, flush=True); await awaited()",
        "get_ipython().run_cell(' '); print(1, flush=True); wait()",
    ],
    ids=[
        "a cell",
        "one that runs another",
        "one that waits",
        "one that runs an empty one",
    ],
)
def test_a_cell_that_runs_is_seen_from_outside_and_no_longer_at_its_end(
    shown: FrontEnd, code: str
) -> None:
    is_seen_while_it_runs(shown, code)


LATER = """
async def later():
    await {}
    import coursekit
    display(coursekit.ImageClassifier())
    print("shown", flush=True)
task = asyncio.ensure_future(later())
"""


@pytest.mark.parametrize(
    "code",
    [
        f"{SHOWN}; get_ipython().run_cell('1 + 1'); print(1, flush=True); wait()",
        f"get_ipython().run_cell('{SHOWN}'); print(1, flush=True); wait()",
        f"{LATER.format('asyncio.sleep(0.1)')}await awaited()",
        f"{SHOWN}; print(1, flush=True); wait()",
    ],
    ids=[
        "one that shows a panel and runs another",
        "one whose inner one shows a panel",
        "one that waits beside a task that shows a panel",
        "the one that shows a panel",
    ],
)
def test_so_is_a_cell_with_the_first_panel(front: FrontEnd, code: str) -> None:
    is_seen_while_it_runs(front, code)


def test_a_first_panel_that_a_task_shows_after_its_cell_is_no_cell_that_runs(
    front: FrontEnd,
) -> None:
    cell = front.send(LATER.format("awaited()"))
    front.wait(lambda: cell in front.ended, "its end")
    assert "shown" not in front.printed(cell)
    open_gate()
    front.wait(lambda: "shown" in front.printed(cell), "the panel")
    is_seen_while_it_runs(front, NEXT)


def test_a_first_panel_that_a_silent_request_shows_is_no_cell_that_runs(front: FrontEnd) -> None:
    cell = str(front.client.execute(SHOWN, silent=True))
    front.wait(lambda: cell in front.ended, "its end")
    is_seen_while_it_runs(front, NEXT)


@pytest.mark.parametrize("wrong", ["1 / 0", "1 +", "raise KeyboardInterrupt", "", "%%nothing"])
def test_a_cell_that_fails_has_ended_too(shown: FrontEnd, wrong: str) -> None:
    cell = shown.send(wrong)
    shown.wait(lambda: cell in shown.ended, wrong)
    assert not executing.runs()


def test_a_cell_that_is_broken_off_has_ended_and_the_next_is_seen(front: FrontEnd) -> None:
    front.run(f"import os; {SHOWN}")
    cell = at_work(front, "print(os.getpid(), flush=True); time.sleep(60)")
    assert executing.runs()
    time.sleep(0.3)
    os.kill(int(front.printed(cell)), signal.SIGINT)
    assert front.wait(lambda: cell in front.ended, "its end") < 30
    is_seen_while_it_runs(front, NEXT)


def test_a_kernel_that_is_killed_runs_no_cell(front: FrontEnd) -> None:
    front.run(f"import os; {SHOWN}")
    cell = at_work(front, "print(os.getpid(), flush=True); time.sleep(60)")
    assert executing.runs()
    os.kill(int(front.printed(cell)), signal.SIGKILL)
    until(lambda: not executing.runs(), "its end")


def test_what_a_page_sends_is_no_cell(shown: FrontEnd) -> None:
    shown.run(
        "from ipywidgets import Button; from coursekit.core import executing; seen = []\n"
        "button = Button(description='Click')\n"
        "button.on_click(lambda _: seen.append(executing.runs())); button"
    )
    shown.click("Click")
    shown.wait(lambda: shown.run("print(len(seen))") == "1\n", "the click")
    assert shown.run("print(seen)") == "[False]\n"


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
    assert [event for event, _ in heard] == ["post_execute", "pre_run_cell", "post_run_cell"]
    heard[0][1]()
    assert "kernel" not in recorded(home)
