from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def hopper(uploads: Path) -> bytes:
    """A portrait, as a JPEG file."""
    return (uploads / "hopper.jpg").read_bytes()
