"""Which cells show a panel that changes by itself: one that nobody sees any more should rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coursekit.core import kernel

if TYPE_CHECKING:
    from coursekit.panels.panel import Panel

_shown: dict[str, list[Panel]] = {}


def until_run_again(panel: Panel) -> None:
    """Closes a panel once the cell that shows it now is run again, unless others show it, too.

    A front end takes the output of the run before out of the page, and tells the kernel nothing of
    that. Where it doesn't say which cell it runs, as JupyterLab and Notebook do, nothing is closed.
    """
    cell = _cell()
    if cell:
        # the same callback counts once
        kernel.shell().events.register("pre_run_cell", _begin)
        _shown.setdefault(cell, []).append(panel)


def _begin(_: object) -> None:
    for panel in _shown.pop(_cell(), []):
        if not any(panel in others for others in _shown.values()):
            panel.close()


def _cell() -> str:
    """Which cell runs now; "" where that is not known."""
    ours = kernel.kernel()
    parent = ours.get_parent() if ours else None
    return str(((parent or {}).get("metadata") or {}).get("cellId") or "")
