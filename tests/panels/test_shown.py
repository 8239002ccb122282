"""Panels that change by themselves, in cells of a real kernel that are run again and again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_kernel import FrontEnd, kernel

MAKE = "from coursekit import MachinePanel\npanel = MachinePanel()\n"
COUNT = "from coursekit.machine.sampler import sampler\nprint(len(sampler._subscriptions))"


class Notebook:
    """Runs cells by their ids, as JupyterLab does."""

    def __init__(self, front: FrontEnd) -> None:
        self.front = front

    def run(self, cell: str, code: str) -> None:
        client = self.front.client
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        message = client.session.msg("execute_request", content, metadata={"cellId": cell})
        client.shell_channel.send(message)
        self.front.wait(lambda: message["header"]["msg_id"] in self.front.ended, code)

    def live(self) -> int:
        """How many panels read the machine."""
        return int(self.front.run(COUNT))


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    with kernel(os.environ | {"COURSEKIT_HOME": str(tmp_path)}) as front:
        yield Notebook(front)


@pytest.mark.slow
def test_a_cell_that_is_run_again_leaves_no_panel_at_work_for_nobody(notebook: Notebook) -> None:
    notebook.run("a", MAKE + "panel")
    one = notebook.live()
    for _ in range(5):
        notebook.run("a", MAKE + "panel")
    assert notebook.live() == one
    notebook.run("b", "MachinePanel()")
    assert notebook.live() == one + 1  # another cell's own
    notebook.run("a", "panel")  # the same panel once more
    assert notebook.live() == one + 1
    assert notebook.front.run("print('view' in vars(panel))") == "True\n"
    notebook.run("a", "1 + 1")
    assert notebook.live() == one
    notebook.run("b", "raise SystemExit")
    assert notebook.live() == one - 1


@pytest.mark.slow
def test_a_panel_that_another_cell_shows_goes_on(notebook: Notebook) -> None:
    notebook.run("a", MAKE + "panel")
    one = notebook.live()
    notebook.run("b", "panel")
    notebook.run("a", "1 + 1")
    assert notebook.live() == one
    notebook.run("b", "1 + 1")
    assert notebook.live() == one - 1
