"""The kernels of pages, in the manager that Voila makes of ours."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from traitlets.config import Configurable
from voila.voila_kernel_manager import voila_kernel_manager_factory

from coursekit.app.kernels import PageKernels

LONG_AGO = datetime.now(UTC) - timedelta(hours=1)


def kernel() -> SimpleNamespace:
    """What the culler asks of a kernel, here of one that was quiet for an hour."""
    spec = SimpleNamespace(metadata={})
    traits = {"kernel_name": "coursekit", "kernel_spec": spec, "execution_state": "idle"}
    return SimpleNamespace(last_activity=LONG_AGO, **traits)


class Pages(Configurable):
    """As much of Voila as its manager asks for; of an empty folder it makes no kernels ready."""

    notebook_path = None

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.root_dir = str(folder)


async def culled(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """The kernels after the culler's turn, and those that it ended; one of two waits in a pool."""
    made = voila_kernel_manager_factory(PageKernels, preheat_kernel=True, default_pool_size=0)
    manager, ended = made(parent=Pages(folder), cull_idle_timeout=60), []
    manager._kernels = {name: kernel() for name in ("waits", "closed")}
    task = asyncio.get_running_loop().create_future()
    task.set_result({"kernel_id": "waits"})
    manager._pools = {"page.ipynb": [task]}
    manager.shutdown_kernel = ended.append
    await manager.cull_kernels()
    manager._pools["page.ipynb"].pop()  # a page gets it
    await manager.cull_kernels()
    return manager._kernels, ended


def test_a_kernel_that_waited_for_long_is_left_the_time_to_be_asked_by_its_page(
    tmp_path: Path,
) -> None:
    kernels, ended = asyncio.run(culled(tmp_path))
    assert set(ended) == {"closed"}
    assert kernels["waits"].last_activity > LONG_AGO
