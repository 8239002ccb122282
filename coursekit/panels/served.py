"""Where a panel is shown: on a page that `coursekit app` serves, and whether to others, too."""

from __future__ import annotations

import os


def in_app() -> bool:
    """Whether this is the Python of a page that `coursekit app` serves."""
    return "COURSEKIT_ROOT" in os.environ


def others_may_be_here() -> bool:
    """Whether other people may have such a page open: it is served with `--host`.

    At 127.0.0.1, in a notebook and in a terminal everything in this home is one's own.
    """
    return bool(os.environ.get("COURSEKIT_SHARED"))
