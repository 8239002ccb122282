"""What runs in a Python of its own and prints its answer as JSON; see `outside`."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any


def answer(facts: Callable[[], dict[str, Any]]) -> None:
    """Prints the facts as JSON, or what went wrong, in which file, and which module is missing."""
    try:
        found = facts()
    except BaseException as error:  # noqa: BLE001 - an import can raise anything, SystemExit too
        stack = traceback.extract_tb(error.__traceback__)
        files = [it.filename for it in stack if not it.filename.startswith("<")]
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        text = f"{type(error).__name__}: {error}".partition("\n")[0]
        found = {"error": text, "place": files[-1], "missing": missing}
    sys.stdout.write(json.dumps(found) + "\n")
