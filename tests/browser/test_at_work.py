"""The messages by which a kernel at work is not culled: pages pass over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support_lab import jupyter, outputs, run_all, run_cell_again

pytestmark = pytest.mark.slow

BEGIN = """
import threading, time
from coursekit.core import kernel

kernel.EVERY = 0.05
over = threading.Event()

def work():
    with kernel.awake(lambda: False):
        over.wait(60)

threading.Thread(target=work).start()
"""
GO_ON = "time.sleep(2); over.set(); print('as ever')"


@pytest.mark.parametrize("kind", ["lab", "notebook"])
def test_a_page_is_silent_about_them_and_shows_nothing(
    browse: Any, tmp_path: Path, kind: Any
) -> None:
    with jupyter(kind, tmp_path) as server:
        page = browse(server.notebook("at_work", BEGIN, GO_ON))
        said: list[str] = []
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        run_all(page, kind)
        run_cell_again(page, 1)
        assert outputs(page, 1) == ["as ever"]
        assert outputs(page, 0) == []
        assert [it for it in said if "at_work" in it.replace("at_work.ipynb", "")] == []
        assert [it for it in said if "message" in it and it.startswith("error")] == []
