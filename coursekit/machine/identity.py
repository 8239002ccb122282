"""What tells this machine from others of the same learner's, without saying anything about it."""

from __future__ import annotations

import hashlib
import platform
import uuid

from coursekit.core import paths
from coursekit.machine.providers import Signs, container

FILE = "machine"


def machine(signs: Signs | None = None) -> str:
    """32 letters and digits, the same as long as it is the same machine.

    From the system's own id, which is not to be shown to others and so is hashed. Containers
    come and go while the home stays, so there, and where the system has none, the home keeps one.
    """
    signs = signs or Signs()
    own = "" if container.recognise(signs) else signs.text("etc/machine-id")
    return _hashed(own) if own else _of_the_home()


def _hashed(text: str) -> str:
    return hashlib.sha256(f"coursekit {text}".encode()).hexdigest()[:32]


def _of_the_home() -> str:
    """Read each time: of two processes that begin together, one's id is gone a moment later."""
    file = paths.home() / "state" / FILE
    try:
        if not file.exists():
            paths.write_text(paths.folder("state") / FILE, uuid.uuid4().hex)
        kept = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        kept = ""
    return kept if kept.isalnum() and len(kept) == 32 else _hashed(platform.node())
