"""A machine panel whose page was closed: it lets a real server end its kernel."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import websocket
from support_jupyter import TOKEN, Jupyter, jupyter, until

from coursekit.machine import cost

CULLED = 15
"""Seconds without a message after which the server ends a kernel that no page is connected to."""

SHOW = """
from coursekit.panels.machine import model
model.RESTS = {rests}
from coursekit import MachinePanel
MachinePanel()
"""


def opened(server: Jupyter, kernel: str) -> websocket.WebSocket:
    """A page's connection."""
    address = server.said()["url"].replace("http", "ws", 1)
    return websocket.create_connection(f"{address}api/kernels/{kernel}/channels?token={TOKEN}")


@pytest.mark.slow
def test_a_panel_that_nobody_uses_lets_its_kernel_be_ended_and_one_in_use_keeps_it(
    tmp_path: Path,
) -> None:
    cost.set_rate("0.526 $")  # so that the reminder is on, too
    options = (
        f"--MappingKernelManager.cull_idle_timeout={CULLED}",
        "--MappingKernelManager.cull_interval=2",
    )
    with jupyter(tmp_path, *options) as server:
        forgotten, used = server.start_kernel(), server.start_kernel()
        pages = [opened(server, forgotten), opened(server, used)]
        for kernel, rests in ((used, 600), (forgotten, 5)):
            with server.speak(kernel) as front:
                front.run(SHOW.format(rests=rests))
        time.sleep(CULLED / 3)
        assert [it["connections"] for it in server.kernels().values()] == [1, 1]
        for page in pages:
            page.close()
        took = until(lambda: forgotten not in server.kernels(), "the culler", 4 * CULLED)
        assert took > CULLED / 3
        time.sleep(CULLED)
        assert server.kernels().keys() == {used}
