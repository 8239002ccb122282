"""Which kernels the culler may end: those of closed pages, not one that waits for its page."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class PageKernels(AsyncMappingKernelManager):
    """Jupyter's kernels; Voila adds a pool to it of kernels that are started before their page."""

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Ends a kernel that nobody uses, unless it waits in the pool: nobody could use it yet."""
        if kernel_id not in self.waiting():
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]

    def waiting(self) -> set[str]:
        """The kernels in the pool."""
        pools: dict[str, list[Any]] = getattr(self, "_pools", {})
        tasks = [task for pool in pools.values() for task in pool if task.done()]
        return {task.result()["kernel_id"] for task in tasks if not task.exception()}
