"""Which kernels the culler may end: those of closed pages, not one that waits for its page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class PageKernels(AsyncMappingKernelManager):
    """Jupyter's kernels; Voila adds a pool to it of kernels that are started before their page."""

    async def cull_kernels(self) -> None:
        """Ends kernels that nobody uses. One that waits in the pool counts as used now.

        Voila spares it there, but it would be ended in the moment between the page that gets it
        and that page's first message.
        """
        for kernel_id in self.waiting() & self._kernels.keys():
            self._kernels[kernel_id].last_activity = datetime.now(UTC)
        await super().cull_kernels()  # type: ignore[no-untyped-call]

    def waiting(self) -> set[str]:
        """The kernels in the pool."""
        pools: dict[str, list[Any]] = getattr(self, "_pools", {})
        tasks = [task for pool in pools.values() for task in pool if task.done()]
        return {task.result()["kernel_id"] for task in tasks if not task.exception()}
