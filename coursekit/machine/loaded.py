"""PyTorch, where this process has loaded it already; it is never loaded for a question."""

from __future__ import annotations

import sys
from typing import Any


def torch() -> Any:
    """The module; None where it is not loaded, or a thread is just loading it."""
    module = sys.modules.get("torch")
    loading = getattr(getattr(module, "__spec__", None), "_initializing", False)
    return None if loading else module
