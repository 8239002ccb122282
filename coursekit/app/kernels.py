"""Which kernels the culler may end: those of closed pages, not one that waits for its page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class PageKernels(AsyncMappingKernelManager):
    """Jupyter's kernels; Voila adds a pool to it of kernels that are started before their page."""

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Ends a kernel that nobody uses, unless it waits in the pool: nobody could use it yet.

        One that waits counts as used now, or it would be ended in the moment between the page that
        gets it and that page's first message.
        """
        if kernel_id in self.waiting():
            self._kernels[kernel_id].last_activity = datetime.now(UTC)
        else:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]

    def waiting(self) -> set[str]:
        """The kernels in the pool."""
        pools: dict[str, list[Any]] = getattr(self, "_pools", {})
        tasks = [task for pool in pools.values() for task in pool if task.done()]
        return {task.result()["kernel_id"] for task in tasks if not task.exception()}
