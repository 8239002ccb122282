"""What a run's folder holds, by name, and how it is read where it may be damaged or missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RECIPE, STATUS, HISTORY = "recipe.json", "status.json", "history.json"
ENTRY = "entry.json"
"""There once it is on the board."""


def read_object(folder: Path, name: str) -> dict[str, Any]:
    """A file of a run's folder that holds a JSON object; empty where it can't be read."""
    try:
        found = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
